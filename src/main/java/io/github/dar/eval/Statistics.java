package io.github.dar.eval;

import java.util.Optional;

/**
 * What a Fréchet distance needs to know of a set of images.
 *
 * @param count of images; 0 where a file doesn't say
 * @param features mean and covariance of the features
 * @param spatial the same of the spatial features, for sFID
 * @param about how they were made: free text, empty where a file doesn't say
 */
public record Statistics(long count, Gaussian features, Optional<Gaussian> spatial, String about) {}

package io.github.dar.model;

import ai.djl.ndarray.NDArray;

/**
 * How well the tokens of a batch were predicted.
 *
 * @param mean cross entropy over all tokens, {@code []}
 * @param byPosition its mean over the batch at each position, {@code [N]}: the first tokens, which
 *     hold the coarse layout, are learned differently from the last
 */
public record TransformerLosses(NDArray mean, NDArray byPosition) {}

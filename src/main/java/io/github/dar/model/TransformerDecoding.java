package io.github.dar.model;

import ai.djl.ndarray.NDArray;

/**
 * What stays the same over the calls that decode some images.
 *
 * @param classes {@code [B]}
 * @param forced {@code [B][K]}, the first tokens where they are given; K may be 0
 * @param scales guidance by position, {@code [N]}; a position whose scale is 1 is not guided
 * @param guidedEnd the first position from which no token is guided: there the rows of the null
 *     class stop
 * @param caches of as many rows as images, of twice as many if {@code guidedEnd} is above 0
 * @param temperature divides the logits
 * @param topK keeps the k most likely codes; 0 keeps all
 * @param topP keeps the most likely codes that make up this probability; 1 keeps all
 * @param greedy takes the most likely code
 */
public record TransformerDecoding(
    long[] classes,
    long[][] forced,
    float[] scales,
    int guidedEnd,
    NDArray caches,
    double temperature,
    int topK,
    double topP,
    boolean greedy) {}

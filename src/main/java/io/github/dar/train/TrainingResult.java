package io.github.dar.train;

import java.util.Map;

/**
 * What a training has done.
 *
 * @param from finished steps when it began: 0, or those of the checkpoint it went on from
 * @param step finished steps now
 * @param last the numbers of its last report, by the names of {@code metrics.jsonl}; empty if
 *     nothing was left to do
 */
public record TrainingResult(long from, long step, Map<String, Double> last) {}

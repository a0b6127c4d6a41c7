package io.github.dar.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A row with what its rounds gave.
 *
 * @param row what was measured
 * @param time in the row's unit of time
 * @param achieved in the row's unit
 * @param limit of the same moments, in the same unit
 * @param share of the limit, round by round: each is compared with the limit beside it
 */
record Measured(
    Row row, Spread time, Spread achieved, Optional<Spread> limit, Optional<Spread> share) {

  /** From the rounds, at least one. */
  static Measured of(Row row, List<Reading> rounds) {
    boolean bounded = rounds.stream().noneMatch(round -> Double.isNaN(round.limit()));
    return new Measured(
        row,
        Spread.of(rounds.stream().map(Reading::time).toList()),
        Spread.of(rounds.stream().map(Reading::achieved).toList()),
        bounded
            ? Optional.of(Spread.of(rounds.stream().map(Reading::limit).toList()))
            : Optional.empty(),
        bounded
            ? Optional.of(Spread.of(rounds.stream().map(row::share).toList()))
            : Optional.empty());
  }

  /** As JSON has it. */
  Map<String, Object> fields() {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("name", row.name());
    out.put("detail", row.detail());
    out.put("rounds", time.rounds());
    out.put("time_unit", row.timeUnit());
    out.put("time", time.fields());
    out.put("unit", row.unit());
    out.put("achieved", achieved.fields());
    out.put("limited_by", row.limit());
    out.put("limit", limit.map(Spread::fields).orElse(null));
    out.put("share", share.map(Spread::fields).orElse(null));
    return out;
  }
}

package io.github.dar.bench;

import io.github.dar.engine.Compute;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Measures one case after the other within a time: each is set up, warmed up, and then measured in
 * rounds, each with its limit beside it, until its part of the time is over.
 */
public final class Bench {

  /** Told how far it is. */
  public interface Listener {

    /**
     * Another measurement begins, or all are done.
     *
     * @param done how many are done
     * @param count of all
     * @param next what is measured next, in words; empty after the last
     */
    void progress(int done, int count, String next);
  }

  /** So many rounds tell a median; more would only take time. */
  private static final int MOST_ROUNDS = 15;

  /** So few don't tell a spread: for these a case may take its part twice. */
  private static final int FEW_ROUNDS = 3;

  private static final int LIMIT_ROUNDS = 5;

  /** Of the time, for the limits alone. */
  private static final double LIMIT_PART = 0.1;

  private final Budget budget;
  private final Listener listener;
  private final List<Measured> measured = new ArrayList<>();
  private final List<LeftOut> leftOut = new ArrayList<>();

  Bench(Budget budget, Listener listener) {
    this.budget = budget;
    this.listener = listener;
  }

  /** Measures what the plan says. */
  public static BenchResult run(
      Compute compute, BenchModel model, BenchSize size, BenchPlan plan, Listener listener) {
    return run(compute, model, size, plan, listener, System::nanoTime);
  }

  static BenchResult run(
      Compute compute,
      BenchModel model,
      BenchSize size,
      BenchPlan plan,
      Listener listener,
      LongSupplier nanos) {
    Machine machine = Machine.here(compute); // before the load is our own
    Bench bench = new Bench(new Budget(60 * plan.minutes(), nanos), listener);
    try (Limits limits = new Limits(compute, size, plan.seed());
        Networks networks = new Networks(compute, model, plan.seed())) {
      bench.measure(limits);
      bench.measure(new Cases(compute, limits, networks, model, size, plan).chosen());
      List<BenchResult.Limit> found =
          limits.kinds().stream()
              .map(kind -> new BenchResult.Limit(kind.text(), kind.unit(), limits.spread(kind)))
              .toList();
      return new BenchResult(
          machine, model.name(), found, bench.measured, bench.leftOut, bench.budget.spent());
    }
  }

  private void measure(Limits limits) {
    double end = LIMIT_PART * budget.seconds();
    for (int round = 0; round < LIMIT_ROUNDS && (round == 0 || budget.spent() < end); round++) {
      limits.kinds().forEach(limits::measure);
    }
  }

  void measure(List<Case> cases) {
    double weights = cases.stream().mapToDouble(Case::weight).sum();
    for (int i = 0; i < cases.size(); i++) {
      Case next = cases.get(i);
      listener.progress(i, cases.size(), next.rows().get(0).name());
      measure(next, next.weight() > 0 ? budget.share(next.weight(), weights) : 0);
      weights -= next.weight();
    }
    listener.progress(cases.size(), cases.size(), "");
  }

  private void measure(Case next, double part) {
    if (!next.missing().isEmpty()) {
      leaveOut(next, next.missing());
      return;
    }
    if (next.least() > budget.left()) {
      leaveOut(next, noTime("it takes about", next.least()));
      return;
    }
    double begin = budget.spent();
    try (Probe probe = next.opener().get()) {
      double ready = budget.spent();
      probe.warmUp();
      double longest = budget.spent() - ready;
      if (longest > budget.left()) {
        leaveOut(next, noTime("warming up took", longest));
        return;
      }
      addRounds(next, probe, begin, part);
    }
  }

  private void addRounds(Case next, Probe probe, double begin, double part) {
    List<List<Reading>> rounds = new ArrayList<>();
    double longest = 0;
    do {
      double start = budget.spent();
      rounds.add(probe.round());
      longest = Math.max(longest, budget.spent() - start);
    } while (hasTime(rounds.size(), begin, longest, part));
    for (int row = 0; row < next.rows().size(); row++) {
      int column = row;
      measured.add(
          Measured.of(
              next.rows().get(row), rounds.stream().map(round -> round.get(column)).toList()));
    }
  }

  /** Whether a case may have another round. */
  private boolean hasTime(int rounds, double begin, double longest, double part) {
    double allowed = rounds < FEW_ROUNDS ? 2 * part : part;
    return rounds < MOST_ROUNDS
        && longest <= budget.left()
        && budget.spent() - begin + longest <= allowed;
  }

  private String noTime(String what, double seconds) {
    return "no time: %s %s s, %s s were left; give more --minutes"
        .formatted(what, BenchTable.number(seconds), BenchTable.number(budget.left()));
  }

  private void leaveOut(Case next, String why) {
    next.rows().forEach(row -> leftOut.add(new LeftOut(row, why)));
  }

  List<Measured> measured() {
    return measured;
  }

  List<LeftOut> leftOut() {
    return leftOut;
  }
}

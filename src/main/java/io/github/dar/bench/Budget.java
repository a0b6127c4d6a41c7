package io.github.dar.bench;

import java.util.function.LongSupplier;

/** The time that all measurements together may take. */
final class Budget {

  private final LongSupplier nanos;
  private final long begin;
  private final double seconds;

  /**
   * Starts the clock.
   *
   * @param seconds in all
   * @param nanos the clock, as {@link System#nanoTime}
   */
  Budget(double seconds, LongSupplier nanos) {
    this.seconds = seconds;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  /** Seconds since the start. */
  double spent() {
    return (nanos.getAsLong() - begin) / 1e9;
  }

  /** Seconds that are left, never below 0. */
  double left() {
    return Math.max(0, seconds - spent());
  }

  /** Seconds in all. */
  double seconds() {
    return seconds;
  }

  /**
   * The part of what is left that falls to one of those who still want some: who took less than his
   * part leaves more to the others.
   *
   * @param weight of this one
   * @param all weights of this one and those that follow
   */
  double share(double weight, double all) {
    return left() * weight / all;
  }
}

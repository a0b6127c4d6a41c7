package io.github.dar.bench;

import java.util.List;

/** Something that can be measured again and again. */
interface Probe extends AutoCloseable {

  /** Does once what the first round would otherwise pay for. */
  default void warmUp() {
    round();
  }

  /** Measures once: a reading for each row, with the limit of the same moment. */
  List<Reading> round();

  @Override
  default void close() {}
}

package io.github.dar.bench;

import ai.djl.ndarray.NDArray;

/** A GPU returns before it is done: what is timed must wait for it. */
final class Devices {

  private Devices() {}

  /** Waits until an array of float32 has its values. */
  static void await(NDArray array) {
    try (NDArray flat = array.flatten();
        NDArray first = flat.get(0)) {
      first.getFloat();
    }
  }
}

package io.github.dar.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import java.util.Arrays;

/**
 * Classes and tokens on their way to the device and back. An index outside its table would end the
 * whole process on a GPU, so it is refused here.
 */
final class TransformerInputs {

  private final TransformerConfig config;

  TransformerInputs(TransformerConfig config) {
    this.config = config;
  }

  /** Copies classes, {@code [B]}. */
  NDArray classes(NDManager into, long[] classes) {
    checkRange("class", classes, config.classRows());
    return into.create(classes);
  }

  /** Copies rows of equal length, at most N: {@code [B, n]}, where n may be 0. */
  NDArray tokens(NDManager into, long[][] rows) {
    int columns = rows[0].length;
    if (columns > config.sequence().blockSize()) {
      throw new UserException(
          columns
              + " tokens are too many for this transformer, whose block_size is "
              + config.sequence().blockSize());
    }
    for (long[] row : rows) {
      checkRange("token", row, config.sequence().vocabSize());
    }
    long[] flat = Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
    Shape shape = new Shape(rows.length, columns);
    return columns == 0 ? into.zeros(shape, DataType.INT64) : into.create(flat, shape);
  }

  /** Copies seeds of dropout: {@code [B]}, or {@code [0]} for none. */
  NDArray seeds(NDManager into, long[] seeds) {
    Shape shape = new Shape(seeds.length);
    return seeds.length == 0 ? into.zeros(shape, DataType.INT64) : into.create(seeds, shape);
  }

  private static void checkRange(String what, long[] ids, int limit) {
    for (long id : ids) {
      if (id < 0 || id >= limit) {
        throw new UserException(
            what
                + " "
                + id
                + " is not known to this transformer; it must lie in 0 to "
                + (limit - 1));
      }
    }
  }

  /** Splits tokens that the network gave, -1 standing for outputs that are not numbers. */
  static long[][] rows(long[] flat, int rows, int columns) {
    long[][] out = new long[rows][];
    for (int row = 0; row < rows; row++) {
      out[row] = Arrays.copyOfRange(flat, row * columns, (row + 1) * columns);
      for (long token : out[row]) {
        if (token < 0) {
          throw new UserException(
              "the transformer's outputs are not numbers (NaN): its weights are damaged or its"
                  + " training diverged; use an earlier checkpoint");
        }
      }
    }
    return out;
  }
}

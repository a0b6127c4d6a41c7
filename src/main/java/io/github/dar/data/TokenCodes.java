package io.github.dar.data;

import io.github.dar.config.UserException;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.NpzWriter;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Tokens and classes of some images.
 *
 * @param codes {@code [n][N]}
 * @param labels {@code [n]}
 */
public record TokenCodes(long[][] codes, long[] labels) {

  /** Checks that the two belong together. */
  public TokenCodes {
    if (codes.length != labels.length || codes.length == 0) {
      throw new IllegalArgumentException(codes.length + " codes, " + labels.length + " labels");
    }
  }

  /** The same images with the first {@code count} of their tokens. */
  public TokenCodes first(int count) {
    long[][] out = new long[codes.length][];
    for (int i = 0; i < out.length; i++) {
      out[i] = Arrays.copyOf(codes[i], Math.min(count, codes[i].length));
    }
    return new TokenCodes(out, labels);
  }

  /** The rows of a whole-number matrix. */
  public static long[][] rows(Path file, HostTensor tensor) {
    if (tensor.shape().length != 2 || tensor.elements() == 0 || !tensor.dtype().isInteger()) {
      throw new UserException(file + ": 'codes' must be whole numbers of shape [n, N]");
    }
    int width = (int) tensor.shape()[1];
    long[] flat = tensor.toLongs();
    long[][] out = new long[flat.length / width][];
    for (int i = 0; i < out.length; i++) {
      out[i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
    }
    return out;
  }

  /** One row after the other. */
  public static HostTensor matrix(long[][] rows) {
    long[] flat = Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
    return HostTensor.of(flat, rows.length, rows[0].length);
  }

  /** Writes an .npz file, whole or not at all. */
  public void write(Path file) {
    write(file, "labels");
  }

  /**
   * Writes an .npz file with another name for the labels.
   *
   * @param labelKey {@code classes} in what sampling writes
   */
  public void write(Path file, String labelKey) {
    try (NpzWriter writer = NpzWriter.stored(file)) {
      writer.write("codes", matrix(codes));
      writer.write(labelKey, HostTensor.of(labels, labels.length));
      writer.commit();
    }
  }
}

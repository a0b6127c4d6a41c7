package io.github.dar.data;

import io.github.dar.config.UserException;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.Npz;
import io.github.dar.weights.TensorFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32;

/**
 * The token codes of a data set as {@code dar tokenize} writes them: {@code codes} {@code [n, N]},
 * or {@code [n, crops, N]} where each image was cut in several ways, and {@code labels} {@code
 * [n]}. Only the labels are in memory. Any thread may read.
 */
public final class CodesFile implements AutoCloseable {

  /** {@code [n * crops, N]}. */
  private final HostTensor rows;

  private final long[] labels;
  private final int crops;
  private final Runnable closing;

  private CodesFile(HostTensor codes, long[] labels, Runnable closing) {
    long[] shape = codes.shape();
    this.crops = shape.length == 3 ? Math.toIntExact(shape[1]) : 1;
    this.rows = codes.reshape(shape[0] * crops, shape[shape.length - 1]);
    this.labels = labels;
    this.closing = closing;
  }

  /** Codes that are in memory. */
  public static CodesFile of(TokenCodes codes) {
    return new CodesFile(TokenCodes.matrix(codes.codes()), codes.labels(), () -> {});
  }

  /**
   * Opens a file.
   *
   * @throws UserException if it is no file of codes with labels
   */
  public static CodesFile open(Path file) {
    TensorFile npz = Npz.open(Unpacked.npz(file, DataCache.ofUser()));
    boolean opened = false;
    try {
      HostTensor codes = npz.tensors().get("codes");
      HostTensor labels = npz.tensors().get("labels");
      if (codes == null || labels == null) {
        throw new UserException(
            file
                + " holds "
                + npz.names()
                + ", but 'codes' and 'labels' are needed: see dar tokenize");
      }
      int dimensions = codes.shape().length;
      if (dimensions != 2 && dimensions != 3
          || codes.elements() == 0
          || !codes.dtype().isInteger()) {
        throw new UserException(
            "%s: codes is %s; it must be whole numbers of shape [n, N] or [n, crops, N]"
                .formatted(file, codes));
      }
      if (codes.shape()[0] != labels.elements() || !labels.dtype().isInteger()) {
        throw new UserException(
            "%s: labels is %s for %d codes; make it anew"
                .formatted(file, labels, codes.shape()[0]));
      }
      CodesFile result = new CodesFile(codes, labels.toLongs(), npz::close);
      opened = true;
      return result;
    } finally {
      if (!opened) {
        npz.close();
      }
    }
  }

  /** How many images there are, at least 1. */
  public int images() {
    return labels.length;
  }

  /** How many crops of each image there are, at least 1. */
  public int crops() {
    return crops;
  }

  /** How many tokens a crop has. */
  public int tokens() {
    return Math.toIntExact(rows.shape()[1]);
  }

  /** The class of an image. */
  public long label(int image) {
    return labels[image];
  }

  /** The smallest label. */
  long smallestLabel() {
    return Arrays.stream(labels).min().orElseThrow();
  }

  /** The largest label. */
  long largestLabel() {
    return Arrays.stream(labels).max().orElseThrow();
  }

  /** The tokens of a crop of an image: {@code [N]}. */
  public long[] codes(int image, int crop) {
    long row = (long) Objects.checkIndex(image, images()) * crops + Objects.checkIndex(crop, crops);
    return rows.rows(row, row + 1).toLongs();
  }

  /** A number that differs when codes or labels do. */
  long checksum() {
    CRC32 crc = new CRC32();
    ByteBuffer label = ByteBuffer.allocate(Long.BYTES);
    for (int image = 0; image < images(); image++) {
      crc.update(label.clear().putLong(labels[image]).flip());
      long from = (long) image * crops;
      crc.update(rows.rows(from, from + crops).bytes());
    }
    return crc.getValue();
  }

  @Override
  public void close() {
    closing.run();
  }
}

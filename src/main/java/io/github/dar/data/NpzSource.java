package io.github.dar.data;

import io.github.dar.config.Counted;
import io.github.dar.config.UserException;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.Npz;
import io.github.dar.weights.TensorFile;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * An npz of images, {@code arr_0} or {@code images}: uint8 {@code [n, H, W, 3]}, or float32 {@code
 * [n, 3, H, W]} from -1 to 1, which become bytes as {@link Pixels#toImage} says. {@code labels}
 * {@code [n]} may say their classes, and {@code classes.txt} beside the file their names; without
 * labels all are one class. The file is mapped, so it may be larger than memory.
 */
final class NpzSource implements ImageSource {

  /** Images are mapped many at a time: systems limit how many mappings there are. */
  private static final long WINDOW = 1L << 30;

  private final Path given;
  private final TensorFile file;
  private final HostTensor images;
  private final boolean bytes;
  private final int height;
  private final int width;
  private final int imageBytes;
  private final int perWindow;
  private final ByteBuffer[] windows;
  private final int[] labels;
  private final List<String> classNames;

  /**
   * Opens a file; compressed arrays are first unpacked into the cache.
   *
   * @throws UserException if it holds no images of one of the two kinds
   */
  NpzSource(Path given, DataCache cache) {
    this.given = given;
    file = Npz.open(Unpacked.npz(given, cache));
    boolean opened = false;
    try {
      String key = file.names().contains("arr_0") ? "arr_0" : "images";
      images = file.tensors().get(key);
      if (images == null) {
        throw new UserException(
            given + ": holds " + file.names() + ", but 'arr_0' or 'images' is needed");
      }
      long[] shape = images.shape();
      bytes = images.dtype() == DType.U8 && shape.length == 4 && shape[3] == 3;
      boolean floats = images.dtype() == DType.F32 && shape.length == 4 && shape[1] == 3;
      if (!bytes && !floats || images.elements() == 0) {
        throw new UserException(
            "%s: %s is %s; it must be uint8 [n, H, W, 3] or float32 [n, 3, H, W]"
                .formatted(given, key, images));
      }
      height = Math.toIntExact(shape[bytes ? 1 : 2]);
      width = Math.toIntExact(shape[bytes ? 2 : 3]);
      imageBytes = Math.toIntExact(images.byteSize() / shape[0]);
      perWindow = (int) Math.max(1, WINDOW / imageBytes);
      windows = new ByteBuffer[Math.toIntExact((shape[0] + perWindow - 1) / perWindow)];
      labels = labels(Math.toIntExact(shape[0]));
      classNames =
          file.names().contains("labels")
              ? ClassNames.beside(given, IntStream.of(labels).max().orElseThrow() + 1)
              : List.of(FolderSource.ONLY_CLASS);
      opened = true;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private int[] labels(int count) {
    HostTensor stored = file.tensors().get("labels");
    if (stored == null) {
      return new int[count];
    }
    if (!stored.dtype().isInteger() || stored.elements() != count) {
      throw new UserException(
          "%s: labels is %s; it must be %d whole numbers".formatted(given, stored, count));
    }
    int[] values = stored.toInts();
    for (int i = 0; i < count; i++) {
      if (values[i] < 0) {
        throw new UserException(
            "%s: image %d has the label %d; labels count from 0".formatted(given, i, values[i]));
      }
    }
    return values;
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public RgbImage image(int index) {
    Objects.checkIndex(index, size());
    ByteBuffer window = window(index / perWindow);
    ByteBuffer image =
        window.slice(index % perWindow * imageBytes, imageBytes).order(window.order());
    if (bytes) {
      byte[] rgb = new byte[imageBytes];
      image.get(rgb);
      return new RgbImage(width, height, rgb);
    }
    FloatBuffer values = image.asFloatBuffer();
    float[] floats = new float[values.remaining()];
    values.get(floats);
    return Pixels.toImage(floats, 0, width, height);
  }

  private synchronized ByteBuffer window(int number) {
    if (windows[number] == null) {
      long from = (long) number * perWindow;
      windows[number] = images.rows(from, Math.min(from + perWindow, size())).bytes();
    }
    return windows[number];
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public String describe() {
    return "%s of %dx%d in %s from %s"
        .formatted(
            Counted.of(size(), "image"),
            width,
            height,
            file.names().contains("labels")
                ? Counted.of(classNames.size(), "class")
                : "one class (no labels)",
            given);
  }

  @Override
  public void close() {
    file.close();
  }
}

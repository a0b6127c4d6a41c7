package io.github.dar.weights;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.GregorianCalendar;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * Writes a npz file that numpy reads, array after array, each whole or row by row so that it may be
 * larger than memory. The file appears under its name at {@link #commit} only.
 */
public final class NpzWriter implements Closeable {

  private final Path file;
  private final AtomicFile aside;
  private final ZipArchiveOutputStream zip;
  private final int method;
  private final byte[] copy = new byte[1 << 20];
  private final Set<String> names = new HashSet<>();

  private String name;
  private DType dtype;
  private long[] shape;
  private long rowsLeft;

  private NpzWriter(Path file, AtomicFile aside, ZipArchiveOutputStream zip, int method) {
    this.file = file;
    this.aside = aside;
    this.zip = zip;
    this.method = method;
  }

  /** Starts a file of plain arrays, as {@code numpy.savez} does; they can be mapped. */
  public static NpzWriter stored(Path file) {
    return create(file, ZipEntry.STORED);
  }

  /** Starts a file of compressed arrays, as {@code numpy.savez_compressed} does. */
  public static NpzWriter deflated(Path file) {
    return create(file, ZipEntry.DEFLATED);
  }

  private static NpzWriter create(Path file, int method) {
    AtomicFile aside = AtomicFile.create(file);
    return new NpzWriter(file, aside, new ZipArchiveOutputStream(aside.channel()), method);
  }

  /** Writes a whole array. */
  public void write(String array, HostTensor tensor) {
    begin(array, tensor.dtype(), tensor.shape());
    writing(() -> tensor.writeTo(new ZipChannel()));
    rowsLeft = 0;
  }

  /**
   * Begins an array whose rows follow.
   *
   * @param fullShape of the whole array; its rows must all be appended before the next begins
   */
  public void begin(String array, DType elementType, long... fullShape) {
    if (!names.add(array)) {
      throw new IllegalArgumentException(array + " is there already");
    }
    byte[] header = NpyHeader.toBytes(elementType, fullShape);
    long size = Math.multiplyExact(HostTensor.elements(fullShape), elementType.bytes());
    ZipArchiveEntry entry = new ZipArchiveEntry(array + ".npy");
    entry.setMethod(method);
    entry.setSize(Math.addExact(size, header.length));
    // The time numpy gives them: equal arrays make equal files.
    entry.setTime(new GregorianCalendar(1980, 0, 1).getTimeInMillis());
    writing(
        () -> {
          end();
          zip.putArchiveEntry(entry);
          zip.write(header);
        });
    name = array;
    dtype = elementType;
    shape = fullShape.clone();
    rowsLeft = shape.length == 0 || size == 0 ? 0 : shape[0];
  }

  /**
   * Appends rows to the array begun last.
   *
   * @param rows of its type and shape but for the first dimension
   */
  public void append(HostTensor rows) {
    if (name == null) {
      throw new IllegalStateException("no array was begun");
    }
    long[] expected = shape.clone();
    if (expected.length > 0 && rows.shape().length > 0) {
      expected[0] = rows.shape()[0];
    }
    if (rows.dtype() != dtype || !Arrays.equals(rows.shape(), expected)) {
      throw new IllegalArgumentException(
          rows + " are no rows of " + name + " " + dtype + Arrays.toString(shape));
    }
    if (expected.length == 0 || rows.elements() > 0 && expected[0] > rowsLeft) {
      throw new IllegalArgumentException("more rows than " + name + " has, by " + rows);
    }
    writing(() -> rows.writeTo(new ZipChannel()));
    if (rows.elements() > 0) {
      rowsLeft -= expected[0];
    }
  }

  /** Completes the file and puts it in its place. */
  public void commit() {
    writing(
        () -> {
          end();
          zip.finish();
          aside.commit();
        });
  }

  /** Removes what was written unless it was committed. */
  @Override
  public void close() {
    // The zip stream is not closed: it would fail over the array it was interrupted in.
    writing(aside::close);
  }

  private void end() throws IOException {
    if (name == null) {
      return;
    }
    if (rowsLeft > 0) {
      throw new IllegalStateException(name + " lacks its last " + rowsLeft + " rows");
    }
    zip.closeArchiveEntry();
    name = null;
  }

  /** Some writing. */
  private interface Step {
    void run() throws IOException;
  }

  private void writing(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw Failures.unwritable(file, e);
    } catch (UncheckedIOException e) {
      throw Failures.unwritable(file, e.getCause());
    }
  }

  /** The current array of the zip file as a channel; the JDK's adapter copies 8 KB at a time. */
  private final class ZipChannel implements WritableByteChannel {

    @Override
    public int write(ByteBuffer source) throws IOException {
      int length = Math.min(copy.length, source.remaining());
      source.get(copy, 0, length);
      zip.write(copy, 0, length);
      return length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      // The file outlives its arrays.
    }
  }
}

package io.github.dar.weights;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An open npy file: one array of numbers. Any byte order, C or Fortran order; the tensor is always
 * little endian and in C order.
 */
public final class Npy implements Closeable {

  private final Path file;
  private final FileChannel channel;
  private final HostTensor tensor;

  private Npy(Path file, FileChannel channel, HostTensor tensor) {
    this.file = file;
    this.channel = channel;
    this.tensor = tensor;
  }

  /** Opens a file, reading only its header. */
  public static Npy open(Path file) {
    FileChannel channel = null;
    boolean opened = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      FileBytes all = new FileBytes(file, channel, 0, channel.size());
      Npy npy = new Npy(file, channel, NpyHeader.tensor(all, file.toString()));
      opened = true;
      return npy;
    } catch (IOException e) {
      throw Failures.unreadable(file, e);
    } finally {
      if (!opened) {
        Failures.closeAfterFailure(channel);
      }
    }
  }

  /** Reads an array up to 2 GB into memory. */
  public static HostTensor read(Path file) {
    try (Npy npy = open(file)) {
      HostTensor tensor = npy.tensor();
      return HostTensor.wrap(tensor.dtype(), ByteBuffer.wrap(tensor.toBytes()), tensor.shape());
    }
  }

  /** Writes an array: aside first, then put in place. */
  public static void write(Path file, HostTensor tensor) {
    byte[] header = NpyHeader.toBytes(tensor.dtype(), tensor.shape());
    try (AtomicFile aside = AtomicFile.create(file)) {
      HostTensor.of(header, header.length).writeTo(aside.channel());
      tensor.writeTo(aside.channel());
      aside.commit();
    } catch (IOException e) {
      throw Failures.unwritable(file, e);
    } catch (UncheckedIOException e) {
      throw Failures.unwritable(file, e.getCause());
    }
  }

  /** Returns the array; its values are read when asked for, until this is closed. */
  public HostTensor tensor() {
    return tensor;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw Failures.unreadable(file, e);
    }
  }
}

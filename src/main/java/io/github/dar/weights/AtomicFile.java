package io.github.dar.weights;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file aside and puts it in its place only when complete, so that neither a crash nor a
 * full disk leaves half a file or costs the one that was there. Closing without {@link #commit}
 * leaves everything as it was.
 */
public final class AtomicFile implements Closeable {

  private final Path target;
  private final Path aside;
  private final FileChannel channel;
  private boolean committed;

  private AtomicFile(Path target, Path aside, FileChannel channel) {
    this.target = target;
    this.aside = aside;
    this.channel = channel;
  }

  /** What fills a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes the whole file. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file whole or not at all, making its folder where there is none.
   *
   * @throws io.github.dar.config.UserException if it can't be written
   */
  public static void write(Path file, Content content) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (AtomicFile aside = create(file)) {
        // Not closed: its channel is closed by the commit.
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(aside.channel()));
        content.writeTo(out);
        out.flush();
        aside.commit();
      }
    } catch (IOException e) {
      throw Failures.unwritable(file, e);
    }
  }

  /** Writes a small text file, UTF-8, whole or not at all. */
  public static void writeText(Path file, String text) {
    write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Starts a file; its folder must exist. */
  public static AtomicFile create(Path file) {
    Path target = file.toAbsolutePath();
    // In the same folder: a rename is atomic only within a file system. Not by createTempFile,
    // which would hide the result from everybody else.
    Path aside = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      FileChannel channel =
          FileChannel.open(
              aside,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      return new AtomicFile(target, aside, channel);
    } catch (IOException e) {
      throw Failures.unwritable(file, e);
    }
  }

  /** Returns where to write. */
  public FileChannel channel() {
    return channel;
  }

  /** Makes the file durable and puts it in its place. */
  public void commit() throws IOException {
    channel.force(true);
    channel.close();
    try {
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      // Some network drives can't; complete is then the best there is.
      Files.move(aside, target, StandardCopyOption.REPLACE_EXISTING);
    }
    committed = true;
    syncFolder(target.getParent());
  }

  /** Removes what was written unless it was committed. */
  @Override
  public void close() throws IOException {
    channel.close();
    if (!committed) {
      Files.deleteIfExists(aside);
    }
  }

  /** Makes what was renamed in a folder survive a power cut, where the platform can. */
  public static void syncFolder(Path path) {
    try (FileChannel folder = FileChannel.open(path, StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      // Windows can't open folders and needs none of this; the file is complete in any case.
      return;
    }
  }
}

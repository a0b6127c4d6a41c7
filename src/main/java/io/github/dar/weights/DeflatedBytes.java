package io.github.dar.weights;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * A compressed record of a zip file. Reading onwards is a single pass; reading backwards starts
 * again from the beginning.
 */
final class DeflatedBytes implements ByteSource {

  private final Path file;
  private final ZipFile zip;
  private final ZipArchiveEntry entry;

  private CheckedInputStream stream;
  private long position;

  DeflatedBytes(Path file, ZipFile zip, ZipArchiveEntry entry) {
    this.file = file;
    this.zip = zip;
    this.entry = entry;
  }

  @Override
  public long size() {
    return entry.getSize();
  }

  @Override
  public synchronized ByteBuffer slice(long offset, int length) {
    Objects.checkFromIndexSize(offset, length, size());
    try {
      if (stream == null || offset < position) {
        restart();
      }
      stream.skipNBytes(offset - position);
      position = offset;
      byte[] bytes = new byte[length];
      int read = stream.readNBytes(bytes, 0, length);
      position += read;
      if (read < length) {
        throw new IOException("it ends early");
      }
      if (position == size() && stream.getChecksum().getValue() != entry.getCrc()) {
        throw new IOException("its checksum differs");
      }
      return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    } catch (ClosedChannelException e) {
      throw new IllegalStateException(file + " was closed before its tensors were read", e);
    } catch (IOException e) {
      // What the stream holds after an error is unknown: the next read starts anew.
      stream = null;
      throw new UserException(
          file
              + " is damaged: its record "
              + entry.getName()
              + " can't be unpacked ("
              + e.getMessage()
              + "); make it again",
          e);
    }
  }

  private void restart() throws IOException {
    if (stream != null) {
      stream.close();
    }
    stream = new CheckedInputStream(zip.getInputStream(entry), new CRC32());
    position = 0;
  }
}

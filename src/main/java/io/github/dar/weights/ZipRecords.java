package io.github.dar.weights;

import io.github.dar.config.UserException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** The records of an open zip file (Zip64 too), each readable piece by piece. */
final class ZipRecords implements Closeable {

  private final Path file;
  private final ZipFile zip;
  private final Map<String, ByteSource> records;

  private ZipRecords(Path file, ZipFile zip, Map<String, ByteSource> records) {
    this.file = file;
    this.zip = zip;
    this.records = Collections.unmodifiableMap(records);
  }

  static ZipRecords open(Path file) {
    FileChannel channel = null;
    boolean opened = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      ZipRecords records = open(file, channel);
      opened = true;
      return records;
    } catch (IOException e) {
      throw Failures.unreadable(file, e);
    } finally {
      if (!opened) {
        Failures.closeAfterFailure(channel);
      }
    }
  }

  private static ZipRecords open(Path file, FileChannel channel) throws IOException {
    ZipFile zip;
    try {
      zip = ZipFile.builder().setSeekableByteChannel(channel).get();
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      throw new UserException(
          file + " is cut off or damaged (" + e.getMessage() + "); copy or download it again", e);
    }
    Map<String, ByteSource> records = new LinkedHashMap<>();
    for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
      if (entry.isDirectory()) {
        continue;
      }
      if (records.put(entry.getName(), source(file, channel, zip, entry)) != null) {
        throw broken(file, entry, "occurs twice");
      }
    }
    return new ZipRecords(file, zip, records);
  }

  private static ByteSource source(
      Path file, FileChannel channel, ZipFile zip, ZipArchiveEntry entry) throws IOException {
    long start = entry.getDataOffset();
    long room = channel.size() - start;
    if (start < 0 || entry.getCompressedSize() < 0 || entry.getCompressedSize() > room) {
      throw broken(file, entry, "reaches beyond the end of the file");
    }
    if (entry.getGeneralPurposeBit().usesEncryption()) {
      throw broken(file, entry, "is encrypted");
    }
    return switch (entry.getMethod()) {
      case ZipEntry.STORED -> {
        if (entry.getSize() != entry.getCompressedSize()) {
          throw broken(file, entry, "has two sizes");
        }
        yield new FileBytes(file, channel, start, entry.getSize());
      }
      case ZipEntry.DEFLATED -> new DeflatedBytes(file, zip, entry);
      default -> throw broken(file, entry, "is packed by method " + entry.getMethod());
    };
  }

  private static UserException broken(Path file, ZipArchiveEntry entry, String problem) {
    return new UserException(
        file + " is damaged: its record " + entry.getName() + " " + problem + "; make it again");
  }

  /** Returns the records by name, in the order of the file. */
  Map<String, ByteSource> records() {
    return records;
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw Failures.unreadable(file, e);
    }
  }
}

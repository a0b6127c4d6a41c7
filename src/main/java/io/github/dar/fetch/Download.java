package io.github.dar.fetch;

import io.github.dar.config.DiskError;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;

/**
 * One file that is downloaded: aside, into {@code FILE.part}, which a later call goes on with;
 * checked; then put in its place in one step.
 */
public final class Download {

  private static final int PIECE = 1 << 16;

  /** Space that stays free on the disk. */
  private static final long RESERVE = 16 << 20;

  private final Path target;
  private final URI url;
  private final String sha256;
  private final Duration patience;

  /**
   * What is there now.
   *
   * @param sha256 of the file
   * @param checked whether there was a sum to check it against
   * @param downloaded whether it wasn't there before
   */
  public record Result(String sha256, boolean checked, boolean downloaded) {}

  /** Told how far a download is. */
  @FunctionalInterface
  public interface Listener {

    /**
     * Some bytes have arrived.
     *
     * @param done bytes that are there, those of earlier calls included
     * @param total bytes of the whole file, 0 if not known
     */
    void at(long done, long total);
  }

  /**
   * @param target the file to make; its folder is made where there is none
   * @param url http, https or file
   * @param sha256 what the file must have, in hexadecimal digits, or the first of them, or empty if
   *     not known: then what the server states, if it does
   */
  public Download(Path target, URI url, String sha256) {
    this(target, url, sha256, Remote.PATIENCE);
  }

  Download(Path target, URI url, String sha256, Duration patience) {
    this.patience = patience;
    this.target = target.toAbsolutePath();
    this.url = url;
    this.sha256 = sha256.toLowerCase(Locale.ROOT);
  }

  /**
   * Downloads what is missing of the file, unless it is there already.
   *
   * @param listener told how far it is
   * @throws UserException if the file can't be had, is another than expected, or can't be written
   * @throws InterruptedException if the thread is; what has arrived stays for the next call
   */
  public Result run(Listener listener) throws InterruptedException {
    try {
      if (Files.exists(target)) {
        return existing();
      }
      Files.createDirectories(target.getParent());
      PartFile part = PartFile.open(target);
      String stated;
      try (part) {
        stated = receive(part, listener);
      }
      return finish(part, sha256.isEmpty() ? stated : sha256);
    } catch (IOException e) {
      throw new UserException(
          "can't write %s: %s; mend that or give another --weights-dir"
              .formatted(target, DiskError.why(e)),
          e);
    }
  }

  private Result existing() throws IOException {
    String found = Sha256.of(target);
    if (!found.startsWith(sha256)) {
      throw new UserException(
          "%s is there, but another file: its SHA-256 is %s, not %s; move it away and try again"
              .formatted(target, found, sha256));
    }
    return new Result(found, !sha256.isEmpty(), false);
  }

  /** Returns the SHA-256 that the server states, or nothing. */
  private String receive(PartFile part, Listener listener)
      throws IOException, InterruptedException {
    try (Remote.Reply reply = Remote.open(url, part.size(), part.validator(), target, patience)) {
      long done = reply.start();
      part.begin(done, reply.validator());
      requireSpace(done, reply.total());
      listener.at(done, reply.total());
      byte[] piece = new byte[PIECE];
      for (int read = read(reply, piece, done); read >= 0; read = read(reply, piece, done)) {
        part.write(piece, read);
        done += read;
        listener.at(done, reply.total());
      }
      if (done < reply.total()) {
        throw cut(done, reply.total(), null);
      }
      return reply.sha256();
    }
  }

  private int read(Remote.Reply reply, byte[] piece, long done) throws InterruptedException {
    try {
      return reply.body().read(piece);
    } catch (IOException e) {
      throw cut(done, reply.total(), e);
    }
  }

  private UserException cut(long done, long total, IOException cause) {
    return new UserException(
        "%s: the connection broke after %,d of %,d bytes%s; the same command goes on from there"
            .formatted(url, done, total, cause == null ? "" : " (" + cause.getMessage() + ")"),
        cause);
  }

  private void requireSpace(long done, long total) throws IOException {
    long free = Files.getFileStore(target.getParent()).getUsableSpace();
    long needed = total - done;
    if (total > 0 && free < needed + RESERVE) {
      throw new UserException(
          "%s needs %d MB more, %s has %d MB free; free some space or give another --weights-dir"
              .formatted(target.getFileName(), needed >> 20, target.getParent(), free >> 20));
    }
  }

  private Result finish(PartFile part, String expected) throws IOException {
    String found = Sha256.of(part.path());
    if (!found.startsWith(expected)) {
      long size = Files.size(part.path());
      part.remove();
      throw new UserException(
          "%s gave another file than expected: %,d bytes with SHA-256 %s, not %s; it was removed: try again, and if it stays so the publisher has changed the file"
              .formatted(url, size, found, expected));
    }
    Files.move(part.path(), target, StandardCopyOption.ATOMIC_MOVE);
    part.remove();
    return new Result(found, !expected.isEmpty(), true);
  }
}

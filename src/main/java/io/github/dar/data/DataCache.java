package io.github.dar.data;

import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where files made of the user's data are kept: unpacked copies of packed files, and indexes of
 * those whose folder can't be written to. A name carries size and time of the original, so what was
 * made of an older version is never taken for the newer one's; it is removed.
 *
 * @param folder made when it is first needed
 */
record DataCache(Path folder) {

  private static final int HASH_BYTES = 8;

  /** The user's: {@code DAR_CACHE}, or {@code dar} in the folder where caches belong. */
  static DataCache ofUser() {
    String own = System.getenv("DAR_CACHE");
    if (own != null && !own.isEmpty()) {
      return new DataCache(Path.of(own, "data"));
    }
    String usual = System.getenv("XDG_CACHE_HOME");
    Path caches =
        usual == null || usual.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(usual);
    return new DataCache(caches.resolve("dar").resolve("data"));
  }

  /**
   * The place for what is made of a file as it is now. What was made of it before is removed.
   *
   * @param ending of the name, with a dot
   */
  Path of(Path original, String ending) throws IOException {
    String prefix = hash(original.toAbsolutePath().normalize().toString()) + "-";
    Stamp stamp = Stamp.of(original);
    Path place =
        folder.resolve(
            "%s%d-%d-%s%s"
                .formatted(prefix, stamp.size(), stamp.modified(), original.getFileName(), ending));
    if (!Files.exists(place)) {
      Files.createDirectories(folder);
      for (Path old : madeOf(prefix, ending)) {
        Files.deleteIfExists(old);
      }
    }
    return place;
  }

  private List<Path> madeOf(String prefix, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .filter(file -> file.getFileName().toString().endsWith(ending))
          .toList();
    }
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * What tells two versions of a file apart.
   *
   * @param size in bytes
   * @param modified milliseconds since 1970
   */
  record Stamp(long size, long modified) {

    /** A file's, now. */
    static Stamp of(Path file) throws IOException {
      return new Stamp(Files.size(file), Files.getLastModifiedTime(file).toMillis());
    }
  }

  /** What the user is told when the cache can't be used. */
  UserException unusable(Path original, IOException e) {
    return new UserException(
        "%s: can't be unpacked to %s (%s); free some space, or name a folder with more in DAR_CACHE"
            .formatted(original, folder, e),
        e);
  }
}

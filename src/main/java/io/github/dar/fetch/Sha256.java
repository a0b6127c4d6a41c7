package io.github.dar.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of files, as 64 hexadecimal digits in lower case. */
public final class Sha256 {

  private static final int PIECE = 1 << 20;

  private Sha256() {}

  /** Digests a whole file. */
  public static String of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return of(in);
    }
  }

  /** Digests what is left of a stream. */
  public static String of(InputStream in) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // not reached: every Java has it
    }
    byte[] piece = new byte[PIECE];
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      digest.update(piece, 0, read);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}

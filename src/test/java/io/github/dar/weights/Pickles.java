package io.github.dar.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Pieces of pickles written by hand, one character a byte, and zip files around them. */
final class Pickles {

  static final String PROTOCOL_2 = "\u0080\2";
  static final String ORDERED_DICT = "ccollections\nOrderedDict\n";
  static final String REBUILD_V2 = "ctorch._utils\n_rebuild_tensor_v2\n";
  static final String REBUILD_V3 = "ctorch._utils\n_rebuild_tensor_v3\n";

  private Pickles() {}

  static String text(String utf8) {
    return "X" + (char) utf8.length() + "\0\0\0" + utf8;
  }

  static String storage(String type, String key, int elements) {
    return "("
        + text("storage")
        + "c"
        + type
        + "\n"
        + text(key)
        + text("cpu")
        + "K"
        + (char) elements
        + "tQ";
  }

  /** A tensor over a storage of two floats. */
  static String tensor(String rebuild, String offset, String shape, String strides) {
    return rebuild
        + "("
        + storage("torch\nFloatStorage", "0", 2)
        + offset
        + shape
        + strides
        + "\u0089"
        + ORDERED_DICT
        + ")RtR";
  }

  static Path zip(Path folder, String pickle, Map<String, String> records) throws IOException {
    Path path = folder.resolve("x.pt");
    try (OutputStream file = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      List<String> names = new ArrayList<>(records.keySet());
      Collections.sort(names);
      put(zip, "data.pkl", pickle);
      for (String name : names) {
        put(zip, name, records.get(name));
      }
    }
    return path;
  }

  private static void put(ZipOutputStream zip, String name, String content) throws IOException {
    zip.putNextEntry(new ZipEntry("x/" + name));
    zip.write(content.getBytes(StandardCharsets.ISO_8859_1));
    zip.closeEntry();
  }
}

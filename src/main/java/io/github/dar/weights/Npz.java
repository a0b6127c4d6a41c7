package io.github.dar.weights;

import io.github.dar.config.UserException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads npz files: zip files of npy arrays. {@link NpzWriter} writes them. */
public final class Npz {

  private static final String SUFFIX = ".npy";

  private Npz() {}

  /**
   * Opens a file, reading only the headers. Stored arrays are mapped; compressed ones are unpacked
   * when read, best from front to back.
   */
  public static TensorFile open(Path file) {
    ZipRecords zip = ZipRecords.open(file);
    boolean opened = false;
    try {
      Map<String, HostTensor> tensors = new LinkedHashMap<>();
      zip.records()
          .forEach(
              (name, data) -> {
                if (!name.endsWith(SUFFIX)) {
                  throw new UserException(
                      file + " holds " + name + ", which is no npy array; save only arrays");
                }
                String key = name.substring(0, name.length() - SUFFIX.length());
                tensors.put(key, NpyHeader.tensor(data, name + " in " + file));
              });
      opened = true;
      return new OpenNpz(zip, Collections.unmodifiableMap(tensors));
    } finally {
      if (!opened) {
        zip.close();
      }
    }
  }

  /** The arrays of an open zip file. */
  private record OpenNpz(ZipRecords zip, Map<String, HostTensor> tensors) implements TensorFile {

    @Override
    public Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    public void close() {
      zip.close();
    }
  }
}

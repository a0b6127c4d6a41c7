package io.github.dar.cli;

import io.github.dar.weights.HostTensor;
import io.github.dar.weights.Npy;
import io.github.dar.weights.Npz;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import io.github.dar.weights.TorchCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What is in files of tensors. */
final class InfoFiles {

  /** Longer texts of a checkpoint are cut in lines; scripts get them whole. */
  private static final int SHOWN = 100;

  /** Above this many values a codes file is described by its header alone. */
  private static final long COUNTED = 1L << 28;

  /** More entries of a checkpoint under one key are counted, not listed. */
  private static final int LISTED = 400;

  private InfoFiles() {}

  static InfoReport safeTensors(Path file) {
    try (TensorFile tensors = SafeTensors.open(file)) {
      InfoReport report = new InfoReport("safetensors");
      describe(report, file, tensors.tensors());
      if (!tensors.metadata().isEmpty()) {
        report.say("metadata", tensors.metadata());
      }
      return report;
    }
  }

  static InfoReport npy(Path file) {
    try (Npy npy = Npy.open(file)) {
      InfoReport report = new InfoReport("npy");
      report.line(file + ": " + npy.tensor());
      report.tensors(Map.of("", npy.tensor()), false);
      return report;
    }
  }

  static InfoReport npz(Path file) {
    try (TensorFile arrays = Npz.open(file)) {
      InfoReport report = new InfoReport("npz");
      describe(report, file, arrays.tensors());
      HostTensor codes = arrays.tensors().get("codes");
      if (codes != null && codes.dtype().isInteger() && codes.elements() > 0) {
        describeCodes(report, codes);
      }
      return report;
    }
  }

  private static void describe(InfoReport report, Path file, Map<String, HostTensor> tensors) {
    long values = InfoReport.values(tensors);
    report.line(
        "%s: %d tensors, %s values".formatted(file, tensors.size(), InfoReport.count(values)));
    report.field("values", values);
    report.tensors(tensors, true);
  }

  private static void describeCodes(InfoReport report, HostTensor codes) {
    int dimensions = codes.shape().length;
    if (dimensions == 2 || dimensions == 3) {
      report.say("images", codes.shape()[0]);
      report.say("crops_an_image", dimensions == 2 ? 1 : codes.shape()[1]);
      report.say("tokens_an_image", codes.shape()[dimensions - 1]);
    }
    if (codes.elements() <= COUNTED) {
      long[] values = codes.toLongs();
      report.say("smallest_code", LongStream.of(values).min().orElseThrow());
      report.say("largest_code", LongStream.of(values).max().orElseThrow());
      report.say("different_codes", LongStream.of(values).distinct().count());
    }
  }

  /**
   * A checkpoint as a tree.
   *
   * @param all whether branches with very many entries are listed too
   */
  static InfoReport torch(Path file, boolean all) {
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
      InfoReport report = new InfoReport("checkpoint");
      Map<String, HostTensor> tensors = new LinkedHashMap<>();
      Map<String, Object> values = new LinkedHashMap<>();
      for (TorchCheckpoint.Leaf leaf : checkpoint.leaves()) {
        if (leaf.value() instanceof HostTensor tensor) {
          tensors.put(leaf.path(), tensor);
        } else {
          values.put(leaf.path(), plain(leaf.value()));
        }
      }
      report.line(
          "%s: %d tensors, %s values, and %d other entries"
              .formatted(
                  file,
                  tensors.size(),
                  InfoReport.count(InfoReport.values(tensors)),
                  values.size()));
      branches(checkpoint)
          .forEach(
              (name, leaves) -> {
                if (!all && leaves.size() > LISTED) {
                  report.line(
                      "  %s: %d entries; --tensors lists them".formatted(name, leaves.size()));
                  return;
                }
                leaves.forEach(
                    leaf -> report.line("  " + leaf.path() + " = " + shown(leaf.value())));
              });
      report.field("values", InfoReport.values(tensors));
      report.tensors(tensors, false);
      report.field("entries", values);
      return report;
    }
  }

  /** The entries by the first key that leads to them, in the file's order. */
  private static Map<String, List<TorchCheckpoint.Leaf>> branches(TorchCheckpoint checkpoint) {
    Map<String, List<TorchCheckpoint.Leaf>> out = new LinkedHashMap<>();
    for (TorchCheckpoint.Leaf leaf : checkpoint.leaves()) {
      String first = leaf.path().split("/", 2)[0];
      out.computeIfAbsent(first, key -> new ArrayList<>()).add(leaf);
    }
    return out;
  }

  private static Object plain(Object value) {
    boolean asItIs =
        value == null
            || value instanceof Number
            || value instanceof Boolean
            || value instanceof String;
    return asItIs ? value : shown(value);
  }

  private static String shown(Object value) {
    String text = value instanceof byte[] bytes ? bytes.length + " bytes" : String.valueOf(value);
    String line = text.replaceAll("\\R", " ");
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line;
  }
}

package io.github.dar.cli;

import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.RgbImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What is in a data source: how many images of which sizes, and which class has which number. */
final class InfoData {

  /** Side of generated pictures where nothing says another. */
  static final int SHAPES_SIZE = 64;

  /** As many images are opened for their sizes, evenly spread. */
  private static final int SAMPLED = 200;

  /** Classes that are shown from each end of a longer list; scripts get them whole. */
  private static final int CLASSES_SHOWN = 10;

  private static final int SIZES_SHOWN = 3;

  private final ImageSource source;
  private final InfoReport report = new InfoReport("data");

  private InfoData(ImageSource source) {
    this.source = source;
  }

  static InfoReport of(String spec, long seed) {
    try (ImageSource source = ImageSources.open(spec, SHAPES_SIZE, seed)) {
      InfoData info = new InfoData(source);
      info.report.line(source.describe());
      info.report.say("images", source.size());
      info.sizes();
      info.classes();
      return info.report;
    }
  }

  private void sizes() {
    int sampled = Math.min(SAMPLED, source.size());
    Map<String, Integer> counts = new HashMap<>();
    IntSummaryStatistics widths = new IntSummaryStatistics();
    IntSummaryStatistics heights = new IntSummaryStatistics();
    List<String> unreadable = new ArrayList<>();
    for (int i = 0; i < sampled; i++) {
      try {
        RgbImage image = source.image((int) ((long) i * source.size() / sampled));
        widths.accept(image.width());
        heights.accept(image.height());
        counts.merge(image.width() + "x" + image.height(), 1, Integer::sum);
      } catch (UserException e) {
        unreadable.add(e.getMessage());
      }
    }
    List<Map.Entry<String, Integer>> byCount =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .toList();
    if (!byCount.isEmpty()) {
      List<String> common =
          byCount.stream()
              .limit(SIZES_SHOWN)
              .map(size -> size.getKey() + " (" + size.getValue() + ")")
              .toList();
      String ends =
          byCount.size() == 1
              ? ""
              : "; widths %d to %d, heights %d to %d"
                  .formatted(widths.getMin(), widths.getMax(), heights.getMin(), heights.getMax());
      report.line(
          "sizes of %d of them: %s%s%s"
              .formatted(
                  sampled,
                  String.join(", ", common),
                  byCount.size() > SIZES_SHOWN
                      ? " and " + (byCount.size() - SIZES_SHOWN) + " more"
                      : "",
                  ends));
    }
    Map<String, Integer> sizes = new LinkedHashMap<>();
    byCount.forEach(size -> sizes.put(size.getKey(), size.getValue()));
    report.field("sampled", sampled);
    report.field("sizes", sizes);
    for (String bad : unreadable) {
      report.line("  " + bad);
    }
    report.field("unreadable", unreadable);
  }

  private void classes() {
    List<String> names = source.classNames();
    int[] counts = new int[names.size()];
    for (int i = 0; i < source.size(); i++) {
      counts[source.label(i)]++;
    }
    long empty = IntStream.of(counts).filter(count -> count == 0).count();
    report.line(
        "classes, in the order of their numbers: "
            + names.size()
            + (empty == 0 ? "" : ", " + empty + " of them without images"));
    for (int id = 0; id < counts.length; id++) {
      if (id < CLASSES_SHOWN || id >= counts.length - CLASSES_SHOWN) {
        report.line("  " + id + " " + names.get(id) + ": " + counts[id]);
      } else if (id == CLASSES_SHOWN) {
        report.line("  ... " + (counts.length - 2 * CLASSES_SHOWN) + " more; --json has all");
      }
    }
    // Two classes may have one name (ImageNet's cranes): the lists tell them apart.
    Map<String, Integer> byName = new LinkedHashMap<>();
    for (int id = 0; id < counts.length; id++) {
      byName.merge(names.get(id), counts[id], Integer::sum);
    }
    report.field("classes", byName);
    report.field("class_names", names);
    report.field("class_counts", counts);
  }
}

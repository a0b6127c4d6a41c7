package io.github.dar.cli;

import io.github.dar.data.RgbImage;
import io.github.dar.generate.Reconstructor;
import io.github.dar.view.Grid;
import java.util.ArrayList;
import java.util.List;

/** Originals, what they became after each number of steps, and the reconstructions: a row each. */
final class ReconstructionSheet {

  /** How many images are shown: the first of the data. */
  static final int IMAGES = 12;

  /** Smaller images are enlarged to about this side, which the longest label fits. */
  private static final int SIDE = 96;

  private final List<RgbImage> cells = new ArrayList<>();
  private List<String> labels;

  /** Adds rows. */
  void add(List<RgbImage> originals, Reconstructor.Result made) {
    for (int i = 0; i < originals.size(); i++) {
      cells.add(originals.get(i));
      for (List<RgbImage> images : made.afterSteps().values()) {
        cells.add(images.get(i));
      }
    }
    labels = new ArrayList<>(List.of("original"));
    for (int steps : made.afterSteps().headMap(made.afterSteps().lastKey()).keySet()) {
      labels.add(steps == 1 ? "1 step" : steps + " steps");
    }
    labels.add("reconstruction");
  }

  /** Draws the sheet. */
  RgbImage draw() {
    return Grid.of(labels.size())
        .withScale(Math.max(1, SIDE / cells.get(0).width()))
        .withColumnLabels(labels)
        .draw(cells);
  }
}

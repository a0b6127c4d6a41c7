package io.github.dar.cli;

import io.github.dar.data.RgbImage;
import io.github.dar.view.Gif;
import io.github.dar.view.Grid;
import io.github.dar.view.Pngs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The first images of a run on one sheet, {@code grid.png}, and how they formed, a GIF. */
final class SampleSheet {

  /** More can't be made out on a sheet, and would fill the memory. */
  private static final int MOST_IMAGES = 200;

  /** Smaller images are enlarged to about this side: nobody can see 32 pixels. */
  private static final int SIDE = 64;

  private final int columns;
  private final int images;
  private final List<RgbImage> finished = new ArrayList<>();
  private final Map<Integer, List<RgbImage>> previews = new TreeMap<>();

  /**
   * @param images of the whole run
   * @param columns of the sheet
   */
  SampleSheet(int images, int columns) {
    this.images = Math.min(images, MOST_IMAGES);
    this.columns = columns;
  }

  void preview(int tokensDone, List<RgbImage> batch) {
    fill(previews.computeIfAbsent(tokensDone, key -> new ArrayList<>()), batch);
  }

  void finished(List<RgbImage> batch) {
    fill(finished, batch);
  }

  private void fill(List<RgbImage> sheet, List<RgbImage> batch) {
    sheet.addAll(batch.subList(0, Math.min(batch.size(), images - sheet.size())));
  }

  /** Writes what there is; the GIF only if there were previews. */
  List<Path> write(Path folder) {
    List<Path> files = new ArrayList<>();
    if (finished.isEmpty()) {
      return files;
    }
    Grid layout = Grid.of(columns).withScale(Math.max(1, SIDE / finished.get(0).width()));
    RgbImage grid = layout.draw(finished);
    files.add(folder.resolve("grid.png"));
    Pngs.write(files.get(0), grid);
    List<RgbImage> frames = new ArrayList<>();
    previews.values().stream()
        .filter(sheet -> sheet.size() == finished.size())
        .forEach(sheet -> frames.add(layout.draw(sheet)));
    if (!frames.isEmpty()) {
      frames.add(grid);
      files.add(folder.resolve("preview.gif"));
      Gif.standard().write(files.get(1), frames);
    }
    return files;
  }
}

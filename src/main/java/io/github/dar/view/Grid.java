package io.github.dar.view;

import io.github.dar.data.RgbImage;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures of one size in rows and columns. {@link #of} lays them out exactly as torchvision's
 * {@code make_grid} does: 2 black pixels around every picture, empty cells black, a single picture
 * as it is.
 *
 * <p>Labels need a font on the machine. Where there is none the grid comes without them and a
 * warning is logged: the pictures matter more.
 *
 * @param columns pictures a row
 * @param padding pixels between and around the pictures
 * @param background {@code 0xRRGGBB}
 * @param scale each pixel of a picture is drawn as a square of this many pixels
 * @param columnLabels one above each column, or empty
 * @param rowLabels one left of each row, or empty
 */
public record Grid(
    int columns,
    int padding,
    int background,
    int scale,
    List<String> columnLabels,
    List<String> rowLabels) {

  private static final Logger LOG = LoggerFactory.getLogger(Grid.class);

  /** Checks the numbers. */
  public Grid {
    require(columns >= 1, "columns", columns);
    require(padding >= 0, "padding", padding);
    require(scale >= 1, "scale", scale);
    columnLabels = List.copyOf(columnLabels);
    rowLabels = List.copyOf(rowLabels);
  }

  private static void require(boolean holds, String name, int value) {
    if (!holds) {
      throw new IllegalArgumentException("a grid can't have " + name + " " + value);
    }
  }

  /** A grid as torchvision makes it. */
  public static Grid of(int columns) {
    return new Grid(columns, 2, 0x000000, 1, List.of(), List.of());
  }

  /** The same with another distance between pictures. */
  public Grid withPadding(int pixels) {
    return new Grid(columns, pixels, background, scale, columnLabels, rowLabels);
  }

  /** The same on another colour. */
  public Grid withBackground(int color) {
    return new Grid(columns, padding, color, scale, columnLabels, rowLabels);
  }

  /** The same with each pixel enlarged, so that a 32x32 picture can be seen. */
  public Grid withScale(int factor) {
    return new Grid(columns, padding, background, factor, columnLabels, rowLabels);
  }

  /** The same with a text above each column. */
  public Grid withColumnLabels(List<String> labels) {
    return new Grid(columns, padding, background, scale, labels, rowLabels);
  }

  /** The same with a text left of each row. */
  public Grid withRowLabels(List<String> labels) {
    return new Grid(columns, padding, background, scale, columnLabels, labels);
  }

  /** Lays the pictures out, row by row. */
  public RgbImage draw(List<RgbImage> images) {
    checkOneSize(images);
    boolean labels = labelled();
    boolean alone = images.size() == 1 && !labels; // as torchvision: no padding
    int across = Math.min(columns, images.size());
    int down = (images.size() + across - 1) / across;
    int pad = alone ? 0 : padding;
    int cellWidth = images.get(0).width() * scale + pad;
    int cellHeight = images.get(0).height() * scale + pad;
    GridLabels text = labels ? new GridLabels(this) : null;
    int left = labels ? text.left() : 0;
    int top = labels ? text.top() : 0;
    int width = left + Math.addExact(Math.multiplyExact(cellWidth, across), pad);
    int height = top + Math.addExact(Math.multiplyExact(cellHeight, down), pad);

    RgbImage grid = filled(width, height, background);
    for (int i = 0; i < images.size(); i++) {
      int x = left + pad + i % across * cellWidth;
      int y = top + pad + i / across * cellHeight;
      paste(images.get(i), grid, x, y);
    }
    return labels ? text.drawOn(grid, cellWidth, cellHeight) : grid;
  }

  private boolean labelled() {
    if (columnLabels.isEmpty() && rowLabels.isEmpty()) {
      return false;
    }
    if (!Fonts.available()) {
      LOG.warn("The grid has no labels: {}", Fonts.REMEDY);
      return false;
    }
    return true;
  }

  private static void checkOneSize(List<RgbImage> images) {
    if (images.isEmpty()) {
      throw new IllegalArgumentException("a grid of no pictures");
    }
    RgbImage first = images.get(0);
    for (RgbImage image : images) {
      if (image.width() != first.width() || image.height() != first.height()) {
        throw new IllegalArgumentException(
            "a grid needs pictures of one size, not %dx%d and %dx%d"
                .formatted(first.width(), first.height(), image.width(), image.height()));
      }
    }
  }

  private static RgbImage filled(int width, int height, int color) {
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    byte[] pixel = {(byte) (color >> 16), (byte) (color >> 8), (byte) color};
    if (pixel[0] == pixel[1] && pixel[1] == pixel[2]) {
      Arrays.fill(rgb, pixel[0]);
    } else {
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] = pixel[i % 3];
      }
    }
    return new RgbImage(width, height, rgb);
  }

  /** Draws one row of enlarged pixels, then repeats it. */
  private void paste(RgbImage image, RgbImage grid, int left, int top) {
    byte[] out = grid.rgb();
    int stride = grid.width() * 3;
    int length = image.width() * scale * 3;
    for (int y = 0; y < image.height(); y++) {
      int start = (top + y * scale) * stride + left * 3;
      for (int x = 0; x < image.width() * scale; x++) {
        System.arraycopy(image.rgb(), (y * image.width() + x / scale) * 3, out, start + x * 3, 3);
      }
      for (int copy = 1; copy < scale; copy++) {
        System.arraycopy(out, start, out, start + copy * stride, length);
      }
    }
  }
}

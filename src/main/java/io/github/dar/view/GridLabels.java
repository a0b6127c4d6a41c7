package io.github.dar.view;

import io.github.dar.data.RgbImage;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** The texts around a {@link Grid}: above its columns, left of its rows. */
final class GridLabels {

  private static final int SIZE = 13;
  private static final int GAP = 6;

  private final Grid grid;
  private final Font font = Fonts.sans(Font.PLAIN, SIZE);
  private final FontMetrics metrics;

  GridLabels(Grid grid) {
    this.grid = grid;
    Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    this.metrics = g.getFontMetrics(font);
    g.dispose();
  }

  /** Pixels the row labels need. */
  int left() {
    return widest(grid.rowLabels()) + (grid.rowLabels().isEmpty() ? 0 : 2 * GAP);
  }

  /** Pixels the column labels need. */
  int top() {
    return grid.columnLabels().isEmpty() ? 0 : metrics.getHeight() + GAP;
  }

  private int widest(List<String> labels) {
    return labels.stream().mapToInt(metrics::stringWidth).max().orElse(0);
  }

  /** The grid with its texts. */
  RgbImage drawOn(RgbImage picture, int cellWidth, int cellHeight) {
    BufferedImage canvas =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas.createGraphics();
    g.drawImage(Pictures.view(picture), 0, 0, null);
    g.setFont(font);
    g.setColor(readableOn(new Color(grid.background())));
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    int columns = (picture.width() - left()) / cellWidth;
    for (int i = 0; i < Math.min(columns, grid.columnLabels().size()); i++) {
      String text = fit(grid.columnLabels().get(i), cellWidth);
      int middle = left() + grid.padding() / 2 + i * cellWidth + cellWidth / 2;
      g.drawString(text, middle - metrics.stringWidth(text) / 2, GAP / 2 + metrics.getAscent());
    }
    int rows = (picture.height() - top()) / cellHeight;
    for (int i = 0; i < Math.min(rows, grid.rowLabels().size()); i++) {
      String text = grid.rowLabels().get(i);
      int middle = top() + grid.padding() / 2 + i * cellHeight + cellHeight / 2;
      int baseline = middle + (metrics.getAscent() - metrics.getDescent()) / 2;
      g.drawString(text, left() - GAP - metrics.stringWidth(text), baseline);
    }
    g.dispose();
    return Pictures.copy(canvas);
  }

  /** Cut to the width of its cell, so that neighbours never overlap. */
  private String fit(String text, int width) {
    if (metrics.stringWidth(text) <= width) {
      return text;
    }
    int end = text.length();
    while (end > 1 && metrics.stringWidth(text.substring(0, end) + "…") > width) {
      end--;
    }
    return text.substring(0, end) + "…";
  }

  private static Color readableOn(Color background) {
    double light =
        0.299 * background.getRed() + 0.587 * background.getGreen() + 0.114 * background.getBlue();
    return light < 128 ? new Color(0xE8E8E8) : new Color(0x303030);
  }
}

package io.github.dar.view;

import io.github.dar.config.UserException;
import io.github.dar.data.RgbImage;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;

/**
 * Training curves in one picture: panels row by row, each with its series.
 *
 * @param title above all panels, or empty
 * @param columns panels side by side
 * @param panelWidth pixels
 * @param panelHeight pixels
 * @param panels at least one
 */
public record Curves(
    String title, int columns, int panelWidth, int panelHeight, List<Panel> panels) {

  private static final int TITLE_HEIGHT = 44;

  /** Checks that there is something to draw, and room. */
  public Curves {
    if (panels.isEmpty() || columns < 1) {
      throw new IllegalArgumentException(panels.size() + " panels in " + columns + " columns");
    }
    if (panelWidth < 200 || panelHeight < 120) {
      throw new IllegalArgumentException(
          "a panel of " + panelWidth + "x" + panelHeight + " is too small; 200x120 is the least");
    }
    panels = List.copyOf(panels);
  }

  /**
   * One pair of axes.
   *
   * @param title what is shown
   * @param xLabel under the axis, usually {@code step}
   * @param logX whether x is drawn by its logarithm
   * @param logY whether y is drawn by its logarithm
   * @param smoothing of the line that is drawn over the raw values, 0 (none) to below 1: the share
   *     of the past in each value, as TensorBoard's slider
   * @param series at least one
   */
  public record Panel(
      String title,
      String xLabel,
      boolean logX,
      boolean logY,
      double smoothing,
      List<Series> series) {

    /** Checks that there is something to draw. */
    public Panel {
      if (series.isEmpty()) {
        throw new IllegalArgumentException("the panel " + title + " has no series");
      }
      if (!(smoothing >= 0 && smoothing < 1)) {
        throw new IllegalArgumentException("smoothing " + smoothing + " is not in [0, 1)");
      }
      series = List.copyOf(series);
    }

    /** Linear axes over steps, the raw values only. */
    public static Panel of(String title, List<Series> series) {
      return new Panel(title, "step", false, false, 0, series);
    }

    /** The same with a smoothed line over the raw values, which become faint. */
    public Panel smoothed(double share) {
      return new Panel(title, xLabel, logX, logY, share, series);
    }

    /** The same with the logarithm of y. */
    public Panel withLogY() {
      return new Panel(title, xLabel, logX, true, smoothing, series);
    }

    /** The same with the logarithm of x. */
    public Panel withLogX() {
      return new Panel(title, xLabel, true, logY, smoothing, series);
    }
  }

  /** Panels of a common size in two columns, or one where there is only one panel. */
  public static Curves of(String title, List<Panel> panels) {
    return new Curves(title, Math.min(2, Math.max(1, panels.size())), 720, 400, panels);
  }

  /**
   * Writes the picture as PNG.
   *
   * @throws UserException where this machine has no font, or the file can't be written
   */
  public void write(Path file) {
    Pngs.write(file, draw());
  }

  /**
   * Draws the picture.
   *
   * @throws UserException where this machine has no font
   */
  public RgbImage draw() {
    if (!Fonts.available()) {
      throw new UserException("Can't draw curves: " + Fonts.REMEDY);
    }
    int across = Math.min(columns, panels.size());
    int down = (panels.size() + across - 1) / across;
    int top = title.isEmpty() ? 0 : TITLE_HEIGHT;
    BufferedImage canvas =
        new BufferedImage(
            across * panelWidth, top + down * panelHeight, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas.createGraphics();
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    drawTitle(g);
    for (int i = 0; i < panels.size(); i++) {
      g.drawImage(
          CurvePanel.draw(panels.get(i), panelWidth, panelHeight),
          i % across * panelWidth,
          top + i / across * panelHeight,
          null);
    }
    g.dispose();
    return Pictures.copy(canvas);
  }

  private void drawTitle(Graphics2D g) {
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setFont(Fonts.sans(Font.BOLD, 18));
    g.setColor(CurvePanel.INK);
    g.drawString(title, 24, 32);
  }
}

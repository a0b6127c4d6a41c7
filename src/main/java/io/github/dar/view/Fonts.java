package io.github.dar.view;

import java.awt.Font;
import java.awt.font.FontRenderContext;

/** Whether text can be drawn. Slim containers have Java but no font, and then AWT fails. */
final class Fonts {

  private Fonts() {}

  /** What to tell who has none. */
  static final String REMEDY =
      "this machine has no font to draw text with; install one, e.g. apt-get install fontconfig"
          + " fonts-dejavu-core";

  /** The plain face all our drawings use. */
  static Font sans(int style, int size) {
    return new Font(Font.SANS_SERIF, style, size);
  }

  static boolean available() {
    try {
      FontRenderContext context = new FontRenderContext(null, true, true);
      return sans(Font.PLAIN, 12).getStringBounds("dar", context).getWidth() > 0;
    } catch (RuntimeException | LinkageError | InternalError e) {
      // Without fontconfig, freetype or any face; which of them it is depends on the JDK's build.
      return false;
    }
  }
}

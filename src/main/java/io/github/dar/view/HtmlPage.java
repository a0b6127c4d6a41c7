package io.github.dar.view;

import io.github.dar.weights.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A page in one file: nothing is loaded from elsewhere. It follows the reader's choice of light or
 * dark, fits narrow screens, and stands still for those who asked for less motion.
 */
public final class HtmlPage {

  private final String title;
  private final StringBuilder body = new StringBuilder();

  /** An empty page. */
  public HtmlPage(String title) {
    this.title = title;
  }

  /** Adds HTML, as {@link Html} makes it. */
  public HtmlPage add(String html) {
    body.append(html);
    return this;
  }

  /** Adds a section: its heading and what is in it. */
  public HtmlPage section(String heading, String html) {
    return add("<section>\n<h2>" + Html.text(heading) + "</h2>\n" + html + "</section>\n");
  }

  /**
   * Writes the page, whole or not at all.
   *
   * @throws io.github.dar.config.UserException where the file can't be written
   */
  public void write(Path file) {
    AtomicFile.writeText(file, toString());
  }

  @Override
  public String toString() {
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        %s</main>
        <script>
        %s</script>
        </body>
        </html>
        """
        .formatted(Html.text(title), resource("page.css"), body, resource("page.js"));
  }

  private static String resource(String name) {
    try (InputStream in = HtmlPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

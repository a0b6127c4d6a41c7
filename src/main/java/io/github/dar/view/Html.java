package io.github.dar.view;

import io.github.dar.data.RgbImage;
import java.util.Base64;
import java.util.List;

/** Pieces of a page. Whatever text goes in is escaped; pictures become part of the page. */
public final class Html {

  private Html() {}

  /** Text as it is to be read. */
  public static String text(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** A paragraph. */
  public static String paragraph(String text) {
    return "<p>" + text(text) + "</p>\n";
  }

  /** A command to be typed, in a box of its own. */
  public static String command(String line) {
    return "<pre><code>" + text(line) + "</code></pre>\n";
  }

  /**
   * A picture.
   *
   * @param alternative what it shows, for those who can't see it
   */
  public static String picture(RgbImage image, String alternative) {
    return "<img class=\"pixels\" src=\"%s\" width=\"%d\" height=\"%d\" alt=\"%s\">"
        .formatted(dataUrl(image), image.width(), image.height(), text(alternative));
  }

  /** Something with a line of text below it. */
  public static String figure(String content, String caption) {
    return "<figure>" + content + "<figcaption>" + text(caption) + "</figcaption></figure>\n";
  }

  /**
   * A table.
   *
   * @param head names of the columns
   * @param rows a text a cell; what looks like a number stands right
   */
  public static String table(List<String> head, List<List<String>> rows) {
    StringBuilder html = new StringBuilder("<div class=\"wide\"><table>\n<tr>");
    head.forEach(name -> html.append("<th>").append(text(name)).append("</th>"));
    html.append("</tr>\n");
    for (List<String> row : rows) {
      html.append("<tr>");
      for (String cell : row) {
        String kind = cell.matches("[-+]?[\\d.,:]+%?") ? "<td class=\"number\">" : "<td>";
        html.append(kind).append(text(cell)).append("</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</table></div>\n").toString();
  }

  /** The picture as an address, so that a page needs no other file. */
  static String dataUrl(RgbImage image) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(Pngs.encode(image));
  }
}

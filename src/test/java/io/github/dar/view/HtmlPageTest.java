package io.github.dar.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.data.ImageFiles;
import io.github.dar.data.RgbImage;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlPageTest {

  private static final Pattern EMBEDDED =
      Pattern.compile("data:image/png;base64,([A-Za-z0-9+/=]+)");

  private final RgbImage red = plain(255, 0);
  private final RgbImage blue = plain(0, 255);

  @Test
  void page_standsAlone(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("page.html");
    new HtmlPage("a < b").section("Pictures", Html.picture(red, "red & \"round\"")).write(file);

    String html = Files.readString(file);
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .contains("<title>a &lt; b</title>", "prefers-color-scheme: dark")
        .contains("alt=\"red &amp; &quot;round&quot;\"")
        .doesNotContain("http://", "https://", "<link", "src=\"/", "@import");
  }

  @Test
  void picture_keepsItsPixels() {
    RgbImage back = embedded(Html.picture(red, "red"));
    assertThat(back.rgb()).isEqualTo(red.rgb());
  }

  @Test
  void flipbook_isAStripOfItsFrames_andShowsTheLast() {
    String html = Flipbook.of(List.of(red, blue), "turns blue");
    RgbImage strip = embedded(html);
    assertThat(strip.width()).isEqualTo(2 * red.width());
    assertThat(strip.height()).isEqualTo(red.height());
    assertThat(Pictures.pixel(strip, 0, 0)).isEqualTo(0xFF0000);
    assertThat(Pictures.pixel(strip, red.width(), 0)).isEqualTo(0x0000FF);
    assertThat(html).contains("--frames:2;--frame:1", "aria-label=\"turns blue\"");
  }

  @Test
  void slider_hasAStepAFrame() {
    assertThat(Flipbook.slider(List.of("4 tokens", "8 tokens", "12 tokens")))
        .contains("max=\"2\" value=\"2\"", "4 tokens|8 tokens|12 tokens");
  }

  @Test
  void table_numbersStandRight() {
    assertThat(Html.table(List.of("what", "value"), List.of(List.of("loss", "0.123"))))
        .contains("<td>loss</td>", "<td class=\"number\">0.123</td>");
  }

  @Test
  void curves_lieInsideTheirAxes() throws Exception {
    Series loss =
        new Series("loss", new double[] {10, 20, 30}, new double[] {2.5, Double.NaN, 0.75});
    Series guess = new Series("guessing", new double[] {10, 30}, new double[] {3, 3});
    Document svg = xml(new SvgCurves("loss & co", "step", List.of(loss, guess)).draw());

    NodeList lines = svg.getElementsByTagName("polyline");
    assertThat(lines.getLength()).isEqualTo(2);
    String points = lines.item(0).getAttributes().getNamedItem("points").getNodeValue();
    String[] drawn = points.strip().split(" ");
    assertThat(drawn).hasSize(2); // NaN has no place
    for (String point : drawn) {
      assertThat(Double.parseDouble(point.split(",")[0])).isBetween(0.0, 520.0);
      assertThat(Double.parseDouble(point.split(",")[1])).isBetween(0.0, 260.0);
    }
    assertThat(Double.parseDouble(drawn[1].split(",")[1]))
        .as("a lower loss is lower")
        .isGreaterThan(Double.parseDouble(drawn[0].split(",")[1]));
    assertThat(texts(svg)).contains("loss & co", "step", "loss", "guessing", "10", "30", "0", "3");
  }

  @Test
  void curves_ofOneValue_haveAxesToo() throws Exception {
    Series flat = new Series("flat", new double[] {5, 6}, new double[] {0, 0});
    assertThat(texts(xml(new SvgCurves("flat", "step", List.of(flat)).draw())))
        .contains("0.0", "0.5", "5.0");
    assertThatThrownBy(() -> new SvgCurves("none", "step", List.of()))
        .hasMessageContaining("1 to 4");
  }

  private static List<String> texts(Document svg) {
    NodeList found = svg.getElementsByTagName("text");
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> found.item(i).getTextContent())
        .toList();
  }

  private static Document xml(String text) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text)));
  }

  private static RgbImage embedded(String html) {
    Matcher matcher = EMBEDDED.matcher(html);
    assertThat(matcher.find()).isTrue();
    return ImageFiles.decode(Base64.getDecoder().decode(matcher.group(1)), "embedded");
  }

  private static RgbImage plain(int r, int b) {
    byte[] rgb = new byte[5 * 4 * 3];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) r;
      rgb[i + 2] = (byte) b;
    }
    return new RgbImage(5, 4, rgb);
  }
}

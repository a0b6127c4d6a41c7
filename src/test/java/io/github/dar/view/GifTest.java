package io.github.dar.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dar.data.RgbImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GifTest {

  /** A frame as read back, and its delay in hundredths of a second. */
  private record Frame(RgbImage image, int delay) {}

  @Test
  void encode_fewColours_isExactInEveryFrame() throws IOException {
    List<RgbImage> frames =
        List.of(
            Samples.of(3, 0xFF0000, 0x00FF01, 0x123456, 0, 0xFFFFFF, 7),
            Samples.of(3, 1, 2, 3, 4, 5, 6),
            Samples.of(3, 9, 9, 9, 9, 9, 9),
            Samples.noise(16, 16, 5)); // 256 colours, each once

    for (RgbImage frame : frames) {
      Frame read = read(Gif.standard().encode(List.of(frame))).get(0);
      assertThat(read.image().rgb()).isEqualTo(frame.rgb());
    }
    List<Frame> read = read(Gif.standard().encode(frames.subList(0, 3)));
    for (int i = 0; i < 3; i++) {
      assertThat(read.get(i).image().rgb()).isEqualTo(frames.get(i).rgb());
    }
  }

  @Test
  void encode_manyColours_isNear() throws IOException {
    RgbImage end = Samples.gradient(96, 80);
    RgbImage start = Samples.noise(96, 80, 1);
    List<RgbImage> frames = new ArrayList<>();
    for (int i = 0; i <= 4; i++) {
      frames.add(Samples.blend(start, end, i / 4.0));
    }

    List<Frame> read = read(Gif.standard().encode(frames));

    assertThat(read).hasSize(5);
    for (int i = 0; i < 5; i++) {
      // Noise fills the colour cube: 256 colours are then 16 and more levels apart.
      assertThat(Samples.meanDifference(read.get(i).image(), frames.get(i)))
          .isLessThan(i < 4 ? 14 : 7);
    }
  }

  @Test
  void encode_standard_repeatsForEverAndHoldsTheLastFrame() throws IOException {
    RgbImage frame = Samples.gradient(8, 8);

    byte[] gif =
        new Gif(Duration.ofMillis(150), Duration.ofSeconds(3)).encode(List.of(frame, frame, frame));

    assertThat(read(gif)).extracting(Frame::delay).containsExactly(15, 15, 300);
    String text = new String(gif, StandardCharsets.ISO_8859_1);
    assertThat(text).startsWith("GIF89a").contains("NETSCAPE2.0\u0003\u0001\u0000\u0000");
  }

  @Test
  void write_intoAFolder_leavesOnlyTheGif(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("preview.gif");

    Gif.standard().write(file, List.of(Samples.gradient(4, 4)));

    assertThat(read(Files.readAllBytes(file))).hasSize(1);
  }

  @Test
  void encode_whatCanNotBe_saysWhy() {
    assertThatThrownBy(() -> Gif.standard().encode(List.of())).hasMessage("a GIF of no frames");
    assertThatThrownBy(() -> new Gif(Duration.ofMillis(5), Duration.ofSeconds(1)))
        .hasMessage("a GIF can't show a frame for 5 ms; choose 20 to 655350");
  }

  private static List<Frame> read(byte[] gif) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(gif))) {
      reader.setInput(in);
      List<Frame> frames = new ArrayList<>();
      for (int i = 0; i < reader.getNumImages(true); i++) {
        IIOMetadataNode root =
            (IIOMetadataNode) reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
        IIOMetadataNode control =
            (IIOMetadataNode) root.getElementsByTagName("GraphicControlExtension").item(0);
        int delay = Integer.parseInt(control.getAttribute("delayTime"));
        frames.add(new Frame(Pictures.copy(reader.read(i)), delay));
      }
      return frames;
    } finally {
      reader.dispose();
    }
  }
}

package io.github.dar.view;

import io.github.dar.data.RgbImage;
import io.github.dar.weights.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * An animation that repeats for ever. Every frame has a palette of its own: exact up to 256
 * colours, else the best 256, dithered.
 *
 * @param delay how long a frame is seen, in hundredths of a second as the format counts
 * @param hold how long the last frame is seen, so that the finished picture can be looked at
 */
public record Gif(Duration delay, Duration hold) {

  private static final String FORMAT = "javax_imageio_gif_image_1.0";

  /** Checks that the format and the viewers can do it. */
  public Gif {
    check(delay);
    check(hold);
  }

  private static void check(Duration delay) {
    // Browsers show anything shorter than 20 ms at 100 ms; the field has 16 bits.
    if (delay.toMillis() < 20 || delay.toMillis() > 655_350) {
      throw new IllegalArgumentException(
          "a GIF can't show a frame for " + delay.toMillis() + " ms; choose 20 to 655350");
    }
  }

  /** Frames of 0.2 s, the last 2 s. */
  public static Gif standard() {
    return new Gif(Duration.ofMillis(200), Duration.ofSeconds(2));
  }

  /**
   * Writes the animation, whole or not at all.
   *
   * @throws io.github.dar.config.UserException where the file can't be written
   */
  public void write(Path file, List<RgbImage> frames) {
    byte[] gif = encode(frames);
    AtomicFile.write(file, out -> out.write(gif));
  }

  /** The bytes of the animation. */
  public byte[] encode(List<RgbImage> frames) {
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("a GIF of no frames");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (int i = 0; i < frames.size(); i++) {
        BufferedImage frame = Palette.of(frames.get(i)).draw(frames.get(i));
        boolean last = i == frames.size() - 1;
        IIOMetadata metadata = metadata(writer, frame, last ? hold : delay, i == 0);
        writer.writeToSequence(new IIOImage(frame, null, metadata), null);
      }
      writer.endWriteSequence();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // bytes in memory don't fail
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static IIOMetadata metadata(
      ImageWriter writer, BufferedImage frame, Duration delay, boolean first) throws IOException {
    // Not createFromRenderedImage: for indexed pictures it answers with a standard palette.
    IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(frame), null);
    IIOMetadataNode root = new IIOMetadataNode(FORMAT);
    IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
    control.setAttribute("disposalMethod", "none");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", "FALSE");
    control.setAttribute("transparentColorIndex", "0");
    control.setAttribute("delayTime", Long.toString(Math.round(delay.toMillis() / 10.0)));
    root.appendChild(control);
    if (first) {
      root.appendChild(repeatForEver());
    }
    root.appendChild(descriptor(frame));
    metadata.mergeTree(FORMAT, root);
    return metadata;
  }

  /** Rows from the top. The writer's default is interlaced, which ImageIO misreads when small. */
  private static IIOMetadataNode descriptor(BufferedImage frame) {
    IIOMetadataNode descriptor = new IIOMetadataNode("ImageDescriptor");
    descriptor.setAttribute("imageLeftPosition", "0");
    descriptor.setAttribute("imageTopPosition", "0");
    descriptor.setAttribute("imageWidth", Integer.toString(frame.getWidth()));
    descriptor.setAttribute("imageHeight", Integer.toString(frame.getHeight()));
    descriptor.setAttribute("interlaceFlag", "FALSE");
    return descriptor;
  }

  /** The extension that every browser reads; the format itself knows no repeating. */
  private static IIOMetadataNode repeatForEver() {
    IIOMetadataNode extension = new IIOMetadataNode("ApplicationExtension");
    extension.setAttribute("applicationID", "NETSCAPE");
    extension.setAttribute("authenticationCode", "2.0");
    extension.setUserObject(new byte[] {1, 0, 0});
    IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
    extensions.appendChild(extension);
    return extensions;
  }
}

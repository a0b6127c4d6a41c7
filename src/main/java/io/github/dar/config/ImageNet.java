package io.github.dar.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The classes of ImageNet's 1000-class challenge, which the published models know. */
public final class ImageNet {

  /** How many there are. */
  public static final int CLASSES = 1000;

  private ImageNet() {}

  /**
   * Returns what they are called, in the order of their numbers: the first name that WordNet gives
   * each, in English. Where two had the same name, as the crane that flies and the one that lifts,
   * each has one of its own here.
   */
  public static List<String> classes() {
    try (InputStream in = ImageNet.class.getResourceAsStream("imagenet-classes.txt");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return lines.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("a file of our own jar", e);
    }
  }
}

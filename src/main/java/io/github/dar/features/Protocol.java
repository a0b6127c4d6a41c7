package io.github.dar.features;

import io.github.dar.config.UserException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How images are brought to Inception: resized to 299x299 and scaled. Each way is that of a program
 * whose FIDs are published; a FID is comparable with those of its own way only.
 */
public enum Protocol {
  /**
   * The graph that ADM's evaluator runs: the bilinear resize of TF1, whose samples lie at corners,
   * then (x - 128) / 128.
   */
  ADM("adm"),
  /** pytorch-fid: PyTorch's bilinear resize, which doesn't antialias, then x / 127.5 - 1. */
  PYTORCH_FID("pytorch-fid"),
  /**
   * clean-fid's "clean": Pillow's antialiased bicubic resize of floats, clipped but not rounded,
   * then (x - 128) / 128.
   */
  CLEAN_FID("clean-fid");

  private final String text;

  Protocol(String text) {
    this.text = text;
  }

  /** Returns what the command line calls it. */
  public String text() {
    return text;
  }

  /**
   * Reads what the command line says.
   *
   * @throws UserException naming the choices if it is none of them
   */
  public static Protocol parse(String text) {
    return Arrays.stream(values())
        .filter(protocol -> protocol.text.equals(text))
        .findFirst()
        .orElseThrow(() -> new UserException("--protocol " + text + ": unknown; use " + choices()));
  }

  private static String choices() {
    String all = Arrays.stream(values()).map(Protocol::text).collect(Collectors.joining(", "));
    return all.replaceFirst(", (?=[^,]*$)", " or ");
  }

  /** Returns the number that kernels know it by. */
  int number() {
    return ordinal();
  }

  @Override
  public String toString() {
    return text;
  }
}

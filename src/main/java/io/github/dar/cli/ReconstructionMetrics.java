package io.github.dar.cli;

import io.github.dar.eval.Measure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The metrics of {@code dar reconstruct} by the names that the user gives. */
final class ReconstructionMetrics {

  /** What the help of {@code --metrics} says. */
  static final String HELP =
      "Some of fid, sfid, is, psnr, ssim, lpips, codebook, and script-psnr, script-ssim as D-AR's script defines them. Default: fid, psnr, ssim, lpips, codebook.";

  private static final Map<String, List<Measure>> KNOWN = new LinkedHashMap<>();

  static {
    KNOWN.put("fid", List.of(Measure.FRECHET));
    KNOWN.put("sfid", List.of(Measure.SPATIAL_FRECHET));
    KNOWN.put("is", List.of(Measure.INCEPTION_SCORE));
    KNOWN.put("psnr", List.of(Measure.PSNR));
    KNOWN.put("ssim", List.of(Measure.SSIM));
    KNOWN.put("script-psnr", List.of(Measure.SCRIPT_PSNR));
    KNOWN.put("script-ssim", List.of(Measure.SCRIPT_SSIM));
    KNOWN.put("lpips", List.of(Measure.LPIPS));
    KNOWN.put("codebook", List.of(Measure.CODEBOOK_USAGE, Measure.CODEBOOK_PERPLEXITY));
  }

  private static final List<String> USUAL = List.of("fid", "psnr", "ssim", "lpips", "codebook");

  private ReconstructionMetrics() {}

  /**
   * Reads a list of them.
   *
   * @param text names with commas between; null for the usual ones
   */
  static MetricChoice parse(String text) {
    return MetricChoice.parse(text, KNOWN, USUAL);
  }
}

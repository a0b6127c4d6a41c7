package io.github.dar.eval;

import java.util.Locale;

/** What is measured of images, and what it is called. */
public enum Measure {
  /** {@link FrechetDistance} of features. */
  FRECHET("FID", "FD", true),
  /** {@link FrechetDistance} of spatial features. */
  SPATIAL_FRECHET("sFID", "sFD", true),
  /** {@link InceptionScore}. */
  INCEPTION_SCORE("IS", "IS", true),
  /** {@link PrecisionRecall#precision}. */
  PRECISION("precision", "precision", true),
  /** {@link PrecisionRecall#recall}. */
  RECALL("recall", "recall", true),
  /** {@link KernelDistance}. */
  KERNEL("KID", "KD", true),
  /** {@link ImageQuality#psnr}. */
  PSNR("PSNR", "PSNR", false),
  /** {@link ImageQuality#ssim}. */
  SSIM("SSIM", "SSIM", false),
  /** {@link ImageQuality#scriptPsnr}. */
  SCRIPT_PSNR("PSNR-script", "PSNR-script", false),
  /** {@link ImageQuality#scriptSsim}. */
  SCRIPT_SSIM("SSIM-script", "SSIM-script", false),
  /** The perceptual distance of VGG16 features. */
  LPIPS("LPIPS", "LPIPS", false),
  /** Share of the codebook that was used. */
  CODEBOOK_USAGE("codebook usage", "codebook usage", false),
  /** exp of the entropy of the codes. */
  CODEBOOK_PERPLEXITY("codebook perplexity", "codebook perplexity", false);

  private final String ofInception;
  private final String ofOthers;
  private final boolean needsFeatures;

  Measure(String ofInception, String ofOthers, boolean needsFeatures) {
    this.ofInception = ofInception;
    this.ofOthers = ofOthers;
    this.needsFeatures = needsFeatures;
  }

  /**
   * The name that a value goes by. The literature's names are for Inception's features alone; of
   * other features the name says whose, as in FD-bundled.
   *
   * @param features the network
   */
  String label(EvaluationReport.FeatureNetwork features) {
    return !needsFeatures || features.inception() ? ofInception : ofOthers + "-" + features.name();
  }

  /** The same for scripts: {@code fid}, {@code fd_bundled}, {@code codebook_usage}. */
  String key(EvaluationReport.FeatureNetwork features) {
    return label(features).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
  }

  /** Whether few images make the value too high. */
  boolean isBiased() {
    return this == FRECHET || this == SPATIAL_FRECHET;
  }
}

package io.github.dar.cli;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import io.github.dar.generate.Guidance;
import io.github.dar.generate.SamplingOptions;
import picocli.CommandLine.Option;

/** How tokens are chosen: the options of {@code dar sample}. */
final class SamplingFlags {

  @Option(
      names = "--cfg",
      paramLabel = "S|S0:S1",
      description =
          "Guidance: one scale, or the first and last of a linear schedule over the tokens, as 1.2:8.0. 1 means none. Default: the model's, else "
              + Guidance.USUAL_SCALE
              + ".")
  private String guidance;

  @Option(names = "--cfg-until", paramLabel = "K", description = "Guide the first K tokens only.")
  private Integer guidedTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "Divides the logits. Default: the model's, else 1.")
  private Double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Keep the K likeliest codes; 0 keeps all. Default: ${DEFAULT-VALUE}.")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description = "Keep the likeliest codes that make up P. Default: ${DEFAULT-VALUE}, all.")
  private double topP;

  @Option(names = "--greedy", description = "Always take the likeliest code.")
  private boolean greedy;

  /** The choice, checked against the model. */
  SamplingOptions resolve(ModelConfig model) {
    SamplingOptions usual = SamplingOptions.usual(model);
    TransformerConfig ar = model.requireAr("sampling");
    boolean nullClass = ar.dropout().classDropoutProb() > 0;
    if (guidance != null && !nullClass && !Guidance.parse(guidance).equals(Guidance.NONE)) {
      throw new UserException(
          "--cfg "
              + guidance
              + ": this model was trained without a null class (class_dropout_prob 0); leave --cfg out");
    }
    Guidance scales = guidance == null ? usual.guidance() : Guidance.parse(guidance);
    if (guidedTokens != null) {
      int tokens = ar.sequence().blockSize();
      if (guidedTokens < 0 || guidedTokens > tokens) {
        throw new UserException(
            "--cfg-until %d: the model has %d tokens an image; give 0 to %d"
                .formatted(guidedTokens, tokens, tokens));
      }
      scales = scales.until(guidedTokens);
    }
    double divisor = temperature == null ? usual.temperature() : temperature;
    return new SamplingOptions(scales, divisor, topK, topP, greedy);
  }
}

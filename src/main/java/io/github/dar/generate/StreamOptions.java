package io.github.dar.generate;

import io.github.dar.config.ModelConfig;
import io.github.dar.config.TokenLayout;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.UserException;

/**
 * How tokens become pictures.
 *
 * @param previewEvery tokens between previews, a multiple of the tokens of one step; 0 for none
 * @param height of the pictures
 * @param width of the pictures
 * @param steps S
 * @param method of the denoising
 */
public record StreamOptions(
    int previewEvery, int height, int width, int steps, Denoiser.Method method) {

  /**
   * What a model was made for.
   *
   * @param previewEvery tokens between previews; 0 for none
   * @throws UserException if no step is finished at such numbers of tokens
   */
  public static StreamOptions of(ModelConfig model, int previewEvery, Denoiser.Method method) {
    TokenizerConfig tokenizer = model.requireTokenizer("sampling");
    TokenLayout layout = tokenizer.tokens();
    int each = layout.queriesPerStep();
    if (previewEvery < 0 || previewEvery % each != 0) {
      throw new UserException(
          "previews every %d tokens: a denoising step of this model takes %d; give a multiple of %d"
              .formatted(previewEvery, each, each));
    }
    int size = model.imageSize() > 0 ? model.imageSize() : tokenizer.samplingResolution();
    return new StreamOptions(previewEvery, size, size, layout.numDenoisingSteps(), method);
  }
}

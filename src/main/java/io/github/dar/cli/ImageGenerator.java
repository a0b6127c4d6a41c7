package io.github.dar.cli;

import io.github.dar.data.RgbImage;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.SamplingOptions;
import io.github.dar.generate.TokenRequest;
import java.util.List;

/** Generates batches of images. What {@code dar sample} knows of networks. */
interface ImageGenerator extends AutoCloseable {

  /**
   * One batch.
   *
   * @param tokens classes, seed, numbers of the images, first tokens
   * @param options how tokens are chosen
   * @param previewEvery tokens between previews, a multiple of a step's; 0 for none
   * @param method of the denoising
   */
  record Request(
      TokenRequest tokens, SamplingOptions options, int previewEvery, Denoiser.Method method) {}

  /** Told what comes of a batch, in this order. */
  interface Listener {

    /** So many tokens of each image exist. */
    void tokens(int done, int total);

    /** What the images look like after so many tokens. */
    void preview(int tokensDone, List<RgbImage> images);

    /**
     * The end.
     *
     * @param images none where only tokens are wanted
     * @param codes {@code [B][N]}
     */
    void finished(List<RgbImage> images, long[][] codes);
  }

  /** Generates a batch. */
  void run(Request request, Listener listener);

  /** Codes of one image whose layout is wanted: {@code [N]}. */
  long[] layout(RgbImage image);

  @Override
  void close();
}

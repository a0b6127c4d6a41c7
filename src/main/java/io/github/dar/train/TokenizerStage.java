package io.github.dar.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.Fit;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.TokenizerTrainingConfig;
import io.github.dar.data.ImageBatch;
import io.github.dar.data.ImageBatches;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.generate.Decoding;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Noise;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Weights;
import io.github.dar.view.Grid;
import io.github.dar.view.Pngs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Training of the tokenizer: all its networks at once, each image at one drawn time (method
 * sections 4, 6, 7).
 */
final class TokenizerStage implements Stage {

  private static final int SHEET_IMAGES = 10;

  private final Tokenizer tokenizer;
  private final TokenizerTrainingConfig config;
  private final ImageSource source;
  private final ModelConfig model;
  private final int size;
  private final CodebookUsage usage;
  private ImageBatches batches;

  TokenizerStage(
      Tokenizer tokenizer, TokenizerTrainingConfig config, ImageSource source, ModelConfig model) {
    this.tokenizer = tokenizer;
    this.config = config;
    this.source = source;
    this.model = model;
    this.size = model.imageSize();
    this.usage = new CodebookUsage(tokenizer.config().vq().vqCodebookSize());
  }

  @Override
  public String name() {
    return "tokenizer";
  }

  @Override
  public Weights weights() {
    return tokenizer.weights();
  }

  @Override
  public boolean decays(String name) {
    return true;
  }

  @Override
  public Map<String, Double> gradients(
      NDManager scope, long position, int count, float scale, Weights gradients) {
    long seed = config.training().seed();
    ImageBatch batch = next(position, count);
    NDArray images = scope.create(batch.pixels(), new Shape(count, 3, size, size));
    NDArray noise = Noise.of(scope, seed, Purpose.NOISE, position, count, size, size);
    float[] times = new float[count];
    for (int i = 0; i < count; i++) {
      times[i] = RandomStream.of(seed, Purpose.TIME, position + i).nextFloat();
    }
    NDList out =
        tokenizer.gradients(scope, images, noise, times, scale, config.losses(), gradients);
    float[] losses = out.get(0).toFloatArray();
    usage.add(out.get(1).toLongArray(), count);
    Map<String, Double> named = new LinkedHashMap<>();
    named.put("loss", (double) losses[0]);
    named.put("loss_codebook", (double) losses[1]);
    named.put("loss_commitment", (double) losses[2]);
    named.put("loss_entropy", (double) losses[3]);
    named.put("loss_flow", (double) losses[4]);
    return named;
  }

  private ImageBatch next(long position, int count) {
    if (batches == null || batches.position() != position) {
      closeBatches();
      batches =
          ImageBatches.training(
              source,
              ImageTransform.of(
                  size, config.training().data().fit(), config.training().data().flip()),
              count,
              config.training().seed(),
              position,
              ImageBatches.usualThreads());
    }
    return batches.next();
  }

  @Override
  public Map<String, Double> report() {
    return usage.take();
  }

  @Override
  public void use(Weights weights) {
    tokenizer.use(weights);
  }

  /** A row an image: the original, then the preview after each step. */
  @Override
  public void sheet(Path png) {
    int count = Math.min(SHEET_IMAGES, source.size());
    int steps = tokenizer.config().tokens().numDenoisingSteps();
    Fit fit = config.training().data().fit() == Fit.PAD ? Fit.PAD : Fit.CROP;
    List<List<RgbImage>> columns = new ArrayList<>();
    try (NDManager scope = tokenizer.compute().manager().newSubManager();
        ImageBatches originals =
            ImageBatches.inOrder(source, ImageTransform.of(size, fit, false), count, 0, 1)) {
      ImageBatch batch = originals.next();
      // Images that can't be read are left out.
      count = batch.count();
      NDArray images = scope.create(batch.pixels(), new Shape(count, 3, size, size));
      columns.add(Decoding.pictures(images));
      NDArray quantized = tokenizer.quantize(scope, tokenizer.latents(scope, images));
      NDArray noise = Noise.of(scope, 0, Purpose.IMAGE_NOISE, 0, count, size, size);
      Decoding.decode(
          scope,
          tokenizer,
          tokenizer.conditions(scope, quantized),
          noise,
          steps,
          steps,
          Denoiser.Method.ADAMS2,
          (preview, taken) -> columns.add(Decoding.pictures(preview)));
    }
    List<RgbImage> cells = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      for (List<RgbImage> column : columns) {
        cells.add(column.get(i));
      }
    }
    int zoom = Math.max(1, 64 / size);
    Pngs.write(png, Grid.of(columns.size()).withScale(zoom).draw(cells));
  }

  @Override
  public void export(Path folder, Weights averaged) {
    ModelFolder.writeTokenizer(folder, averaged.toHost());
    ModelConfig alone =
        new ModelConfig(model.imageSize(), model.tokenizer(), Optional.empty(), model.classes());
    ModelFolder.describe(
        folder,
        alone,
        "# A D-AR tokenizer\n\nTrained by dar on %s.\n".formatted(source.describe()));
  }

  private void closeBatches() {
    if (batches != null) {
      batches.close();
    }
  }

  @Override
  public void close() {
    closeBatches();
  }
}

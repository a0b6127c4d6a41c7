package io.github.dar.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.TrainingConfig;
import io.github.dar.config.TransformerTrainingConfig;
import io.github.dar.data.RgbImage;
import io.github.dar.data.TokenCodes;
import io.github.dar.data.TrainingCodes;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.generate.Decoding;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Guidance;
import io.github.dar.generate.Noise;
import io.github.dar.generate.SamplingOptions;
import io.github.dar.generate.TokenRequest;
import io.github.dar.generate.TokenSampler;
import io.github.dar.generate.TokenSession;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.model.TransformerLosses;
import io.github.dar.model.Weights;
import io.github.dar.view.Grid;
import io.github.dar.view.Pngs;
import io.github.dar.weights.HostTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Training of the transformer on codes (method section 9). */
final class TransformerStage implements Stage {

  private static final int SHEET_CLASSES = 10;
  private static final int SHEET_ROWS = 6;
  private static final String SHEET_GUIDANCE = "4.0";

  private final Transformer transformer;
  private final Weights own;
  private final ModelFolder tokenizerFolder;
  private final Tokenizer tokenizer;
  private final ModelConfig model;
  private final TransformerTrainingConfig plan;
  private final TrainingConfig config;
  private final TrainingCodes codes;
  private final int size;
  private final BatchParts batchParts;
  private final GroupLosses groups;
  private Weights inUse;
  private long waitedBefore;

  /**
   * @param tokenizerFolder where the tokenizer lies: a copy becomes part of the model
   * @param tokenizer for the sheets
   * @param model the whole model
   */
  TransformerStage(
      Transformer transformer,
      Weights weights,
      ModelFolder tokenizerFolder,
      Tokenizer tokenizer,
      ModelConfig model,
      TransformerTrainingConfig plan,
      TrainingCodes codes) {
    this.transformer = transformer;
    this.inUse = weights;
    this.tokenizer = tokenizer;
    this.plan = plan;
    this.config = plan.training();
    this.codes = codes;
    this.size = model.imageSize();
    this.own = weights;
    this.tokenizerFolder = tokenizerFolder;
    this.model = model;
    this.groups =
        new GroupLosses(
            tokenizer.config().tokens().numQueryGroups(),
            transformer.config().sequence().blockSize());
    this.batchParts = new BatchParts(transformer.compute(), weights, plan.training().partsAtOnce());
  }

  @Override
  public String name() {
    return "ar";
  }

  /** Codes of another tokenizer are other data although the images are the same. */
  @Override
  public String data() {
    return codes.describe();
  }

  @Override
  public int tokens(long step) {
    return plan.tokens(step, transformer.config().sequence().blockSize());
  }

  @Override
  public Weights weights() {
    return own;
  }

  /** Vectors (the norms' weights) are left alone. */
  @Override
  public boolean decays(String name) {
    return own.arrays().get(name).getShape().dimension() >= 2;
  }

  @Override
  public Map<String, Double> gradients(long step, Weights gradients) {
    int parts = config.accumulate();
    int count = config.batch() / parts;
    double loss = 0;
    try (NDManager scope = transformer.compute().manager().newSubManager()) {
      List<TokenCodes> drawn = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        long position = step * config.batch() + (long) part * count;
        drawn.add(codes.batch(position, count).first(tokens(step)));
      }
      List<TransformerLosses> losses =
          batchParts.compute(
              parts,
              gradients,
              (part, own) -> {
                long position = step * config.batch() + (long) part * count;
                return gradients(scope, position, drawn.get(part), 1.0 / parts, own);
              });
      // Read when all parts are on their way: reading waits for the device.
      for (TransformerLosses part : losses) {
        loss += part.mean().getFloat() / parts;
        groups.add(part.byPosition().toFloatArray());
      }
    }
    Map<String, Double> named = new LinkedHashMap<>();
    named.put("loss", loss);
    return named;
  }

  private TransformerLosses gradients(
      NDManager scope, long position, TokenCodes batch, double share, Weights gradients) {
    long[] seeds = new long[batch.labels().length];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = RandomStream.of(config.seed(), Purpose.DROPOUT, position + i).nextLong();
    }
    long[] dropped = transformer.dropClasses(batch.labels(), config.seed(), position);
    return transformer.gradients(scope, dropped, batch.codes(), seeds, share, gradients);
  }

  /** The loss by group of tokens, and what guessing would give. */
  @Override
  public Map<String, Double> report() {
    Map<String, Double> out = new LinkedHashMap<>();
    out.put("loss_of_guessing", Math.log(transformer.config().sequence().vocabSize()));
    out.putAll(groups.take());
    return out;
  }

  /** The codes are in memory. */
  @Override
  public double dataWait() {
    double seconds = (codes.waited() - waitedBefore) / 1e9;
    waitedBefore = codes.waited();
    return seconds;
  }

  @Override
  public Map<String, HostTensor> state() {
    return groups.state();
  }

  @Override
  public void restore(Map<String, HostTensor> state) {
    groups.restore(state);
  }

  @Override
  public void use(Weights weights) {
    inUse = weights;
  }

  /** A column a class, guided. */
  @Override
  public void sheet(Path png) {
    int classes = transformer.config().sequence().numClasses();
    int columns = Math.min(SHEET_CLASSES, classes);
    int count = columns * SHEET_ROWS;
    long[] labels = new long[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (long) (i % columns) * classes / columns;
    }
    SamplingOptions options = SamplingOptions.DEFAULT.withGuidance(Guidance.parse(SHEET_GUIDANCE));
    try (NDManager scope = transformer.compute().manager().newSubManager();
        Transformer network = new Transformer(transformer.compute(), transformer.config(), inUse);
        TokenSession session =
            new TokenSampler(network).begin(TokenRequest.of(labels, 0, 0), options)) {
      long[][] sampled = session.next(session.remaining());
      NDArray ids =
          scope.create(TokenCodes.matrix(sampled).toLongs(), new Shape(count, sampled[0].length));
      NDArray conditions = tokenizer.conditions(scope, tokenizer.entries(scope, ids));
      int steps = tokenizer.config().tokens().numDenoisingSteps();
      NDArray noise = Noise.of(scope, 0, Purpose.IMAGE_NOISE, 0, count, size, size);
      NDArray decoded =
          Decoding.decode(
              scope, tokenizer, conditions, noise, steps, steps, Denoiser.Method.ADAMS2, null);
      List<RgbImage> cells = new ArrayList<>(Decoding.pictures(decoded));
      Pngs.write(png, Grid.of(columns).withScale(Math.max(1, 64 / size)).draw(cells));
    }
  }

  @Override
  public void export(Path folder, Weights averaged) {
    if (!Files.exists(folder.resolve("tokenizer.safetensors"))) {
      tokenizerFolder.copyTokenizer(folder);
    }
    ModelFolder.writeTransformer(folder, averaged.streamed());
    ModelFolder.describe(
        folder,
        model,
        "# A D-AR model\n\nTrained by dar on the codes of %d images.\n".formatted(codes.images()));
  }

  @Override
  public void close() {
    // All else that it uses belongs to others.
    batchParts.close();
  }
}

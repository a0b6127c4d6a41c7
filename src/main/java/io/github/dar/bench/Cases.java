package io.github.dar.bench;

import io.github.dar.config.Counted;
import io.github.dar.config.SequenceConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.data.ImageBatches;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Everything that can be measured with a model, as far as this machine's limits tell. */
final class Cases {

  /** Images of a batch while decoding. */
  private static final int[] DECODE_ROWS = {1, 2, 8, 32};

  /** How far below the limit work may be, for an estimate of how long it takes. */
  private static final double SLACK = 3;

  /** Drawing weights, and what is made of them; training has gradients and moments too. */
  private static final double SECONDS_A_WEIGHT = 8e-9;

  private static final double TRAINING_SECONDS_A_WEIGHT = 20e-9;

  /** For work that no limit tells of. */
  private static final double SHORT = 2;

  private static final String NO_TRANSFORMER = "the model has no transformer";
  private static final String NO_TOKENIZER = "the model has no tokenizer with codes";

  private final Compute compute;
  private final Limits limits;
  private final Networks networks;
  private final BenchModel model;
  private final BenchSize size;
  private final BenchPlan plan;
  private final int cacheBytes;
  private final int weightBytes;

  Cases(
      Compute compute,
      Limits limits,
      Networks networks,
      BenchModel model,
      BenchSize size,
      BenchPlan plan) {
    this.compute = compute;
    this.limits = limits;
    this.networks = networks;
    this.model = model;
    this.size = size;
    this.plan = plan;
    int bytes = compute.dtype() == Tensors.BF16 ? 2 : Float.BYTES;
    // Float32 on a processor (transformer.py).
    this.cacheBytes = compute.manager().getDevice().isGpu() ? bytes : Float.BYTES;
    this.weightBytes = compute.int8Weights() ? 1 : bytes;
  }

  /** Those of the plan, in the order in which they are measured. */
  List<Case> chosen() {
    List<Case> cases = new ArrayList<>();
    for (String group : BenchPlan.GROUPS) {
      if (plan.groups().contains(group)) {
        cases.addAll(of(group));
      }
    }
    return cases;
  }

  private List<Case> of(String group) {
    return switch (group) {
      case "train-ar" -> List.of(trainTransformer(group));
      case "train-tokenizer" -> List.of(trainTokenizer(group));
      case "prefill" -> List.of(prefill(group));
      case "decode" -> decode(group);
      case "denoise" -> List.of(denoise(group));
      case "stream" -> List.of(stream(group));
      case "input" -> input(group);
      case "start-up" -> startUp(group);
      default -> throw new IllegalArgumentException(group);
    };
  }

  private Case trainTransformer(String group) {
    Optional<TransformerConfig> whole = model.transformer();
    if (whole.isEmpty()) {
      return Case.missing(group, "training, transformer", NO_TRANSFORMER);
    }
    TransformerConfig part = BenchModel.withLayers(whole.get(), size.layers());
    Demand demand = new Demand(Flops.training(part, size.images()), 0);
    String detail =
        "width %d, %s, %d images of %d tokens"
            .formatted(
                part.dim(),
                BenchModel.layers(part.nLayer(), whole.get().nLayer()),
                size.images(),
                part.sequence().blockSize());
    return timed(
        group,
        new Timing("training, transformer", detail, "ms/step", demand, 1, 3),
        TRAINING_SECONDS_A_WEIGHT * part.parameterCount(),
        () -> new TransformerTraining(compute, part, size.images(), plan.seed()));
  }

  private Case trainTokenizer(String group) {
    Optional<TokenizerConfig> whole = model.tokenizer();
    if (whole.isEmpty()) {
      return Case.missing(group, "training, tokenizer", NO_TOKENIZER);
    }
    TokenizerConfig part = BenchModel.withLayers(whole.get(), size.layers());
    int side = model.config().imageSize();
    int images = Math.max(1, size.images() / 2);
    Demand demand = new Demand(Flops.training(part, images, side), 0);
    String detail =
        "encoder %s, conditions %s, diffusion %s, %d images of %dx%d"
            .formatted(
                BenchModel.layers(part.numEncoderLayers(), whole.get().numEncoderLayers()),
                BenchModel.layers(part.numDecoderLayers(), whole.get().numDecoderLayers()),
                BenchModel.layers(part.diffDecoder().depth(), whole.get().diffDecoder().depth()),
                images,
                side,
                side);
    return timed(
        group,
        new Timing("training, tokenizer", detail, "ms/step", demand, 1, 3),
        TRAINING_SECONDS_A_WEIGHT * Flops.parameters(part),
        () -> new TokenizerTraining(compute, part, images, side, plan.seed()));
  }

  private Case prefill(String group) {
    Optional<TransformerConfig> config = model.inferring();
    if (config.isEmpty()) {
      return Case.missing(group, "prefill", NO_TRANSFORMER);
    }
    int tokens = config.get().sequence().blockSize();
    Demand demand =
        new Demand(
            Flops.forward(config.get(), 1, tokens), weightBytes * Flops.weights(config.get()));
    String detail = "%s, %d tokens at once".formatted(depth(config.get()), tokens);
    return timed(
        group,
        new Timing("prefill", detail, "ms/image", demand, 1, 1),
        setUp(config.get()),
        () -> new Prefill(networks.transformer(), plan.seed()));
  }

  private List<Case> decode(String group) {
    Optional<TransformerConfig> config = model.inferring();
    if (config.isEmpty()) {
      return List.of(Case.missing(group, "decoding", NO_TRANSFORMER));
    }
    SequenceConfig sequence = config.get().sequence();
    int count = Decode.count(sequence);
    double before = Decode.start(sequence) + (count - 1) / 2.0;
    List<Case> cases = new ArrayList<>();
    for (int rows : DECODE_ROWS) {
      Demand demand =
          new Demand(
              count * Flops.decoding(config.get(), rows, before),
              count * Flops.decodingBytes(config.get(), rows, before, weightBytes, cacheBytes));
      String name = "decoding, " + Counted.of(rows, "row");
      cases.add(
          timed(
              group,
              new Timing(name, depth(config.get()), "ms/token", demand, count, 1),
              rows == DECODE_ROWS[0] ? setUp(config.get()) : 0,
              () -> new Decode(networks.transformer(), rows, plan.seed())));
    }
    return cases;
  }

  private Case denoise(String group) {
    Optional<TokenizerConfig> config = model.tokenizer();
    if (config.isEmpty()) {
      return Case.missing(group, "denoising step", NO_TOKENIZER);
    }
    int side = model.config().imageSize();
    Demand demand = new Demand(Flops.denoising(config.get(), 1, side), 0);
    return timed(
        group,
        new Timing("denoising step", "1 image of %dx%d".formatted(side, side), "ms", demand, 1, 1),
        SECONDS_A_WEIGHT * Flops.parameters(config.get()),
        () -> new Denoising(networks.tokenizer(), side, plan.seed()));
  }

  private Case stream(String group) {
    Optional<TransformerConfig> ar = model.inferring();
    Optional<TokenizerConfig> tokenizer = model.tokenizer();
    if (ar.isEmpty() || tokenizer.isEmpty()) {
      return Case.missing(group, "streaming", ar.isEmpty() ? NO_TRANSFORMER : NO_TOKENIZER);
    }
    int side = model.config().imageSize();
    int tokens = ar.get().sequence().blockSize();
    Demand token =
        new Demand(
            Flops.decoding(ar.get(), 2, tokens / 2.0),
            Flops.decodingBytes(ar.get(), 2, tokens / 2.0, weightBytes, cacheBytes));
    Demand step = new Demand(Flops.denoising(tokenizer.get(), 1, side), 0);
    double seconds =
        tokens * seconds(token) + tokenizer.get().tokens().numDenoisingSteps() * seconds(step);
    String detail = "%s, 1 guided image of %dx%d".formatted(depth(ar.get()), side, side);
    return Case.of(
        group,
        Streaming.rows(detail),
        4,
        SLACK * seconds,
        () ->
            new Streaming(
                networks.transformer(), networks.tokenizer(), model.config(), plan.seed()));
  }

  private List<Case> input(String group) {
    int side = model.config().imageSize() > 0 ? model.config().imageSize() : 256;
    // libtorch's number is the user's wish; reading is Java's work.
    int threads = Math.min(compute.threads(), ImageBatches.usualThreads());
    int count = size.pictures();
    return List.of(
        Case.of(
            group,
            List.of(ShapesReading.row(side, threads)),
            1,
            SHORT,
            () -> new ShapesReading(count, side, threads, plan.seed())),
        Case.of(
            group,
            List.of(JpegReading.row(side, threads)),
            1,
            2 * SHORT,
            () -> new JpegReading(count, side, threads, plan.seed())));
  }

  private List<Case> startUp(String group) {
    if (plan.startUp().isEmpty()) {
      return List.of(Case.missing(group, "start-up", "this Java's program is not to be found"));
    }
    List<Case> cases = new ArrayList<>();
    for (StartUpCommands.Program program : plan.startUp().get().programs()) {
      cases.add(
          Case.of(
              group,
              List.of(StartUp.row(program.name())),
              1,
              SHORT,
              () -> new StartUp(program.command(), plan.startUp().get().java())));
    }
    return cases;
  }

  /**
   * Work whose limit is a product or reading.
   *
   * @param items that a run makes
   * @param weight its part of the time
   */
  private record Timing(
      String name, String detail, String timeUnit, Demand demand, int items, double weight) {}

  private Case timed(String group, Timing timing, double setUp, Supplier<TimedProbe.Task> task) {
    Limits.Kind kind = TimedProbe.bound(limits, timing.demand());
    Row row = TimedProbe.row(timing.name(), timing.detail(), timing.timeUnit(), kind);
    return Case.of(
        group,
        List.of(row),
        timing.weight(),
        setUp + 2 * SLACK * seconds(timing.demand()),
        () -> new TimedProbe(limits, kind, timing.demand(), timing.items(), task.get()));
  }

  private double seconds(Demand demand) {
    return demand.seconds(limits.flopsPerSecond(), limits.bytesPerSecond());
  }

  private String depth(TransformerConfig made) {
    return BenchModel.layers(made.nLayer(), model.transformer().orElseThrow().nLayer());
  }

  private static double setUp(TransformerConfig config) {
    return SECONDS_A_WEIGHT * config.parameterCount();
  }
}

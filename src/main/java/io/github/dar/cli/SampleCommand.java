package io.github.dar.cli;

import io.github.dar.config.Counted;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.ImageFiles;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.SamplingOptions;
import io.github.dar.generate.TokenRequest;
import io.github.dar.model.ModelFolder;
import io.github.dar.view.Progress;
import io.github.dar.view.TerminalColors;
import io.github.dar.view.TerminalPicture;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dar sample}. */
@Command(
    name = "sample",
    description = "Generates images of classes, with previews while they form.",
    customSynopsis = "dar sample [--model DIR] [--class LIST] [--count N] [OPTIONS]",
    footer =
        "%nDIR gets sample-000000.png, sample-000000-at-032.png (a preview after 32 tokens), grid.png, preview.gif and tokens.npz (codes, classes). The same seed gives the same image i.")
final class SampleCommand extends DarCommand {

  /** Enough to use what the weights are read for, little enough to see the first soon. */
  private static final int USUAL_BATCH = 16;

  /** More would fill the terminal of somebody who hasn't asked for it. */
  private static final int SHOWN_UNASKED = 4;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "The model folder. Default: DAR_MODEL, else the model that ships.")
  private Path modelFolder;

  @Option(
      names = "--class",
      paramLabel = "LIST",
      description = "Ids or names of classes, with commas between, or all. Default: any.")
  private String classes;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      description = "Images a class, numbered class by class. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the images go. Default: out/ and the classes.")
  private Path out;

  @Option(
      names = "--preview-every",
      paramLabel = "K",
      defaultValue = "0",
      description = "A preview after every K tokens, a multiple of the tokens of one step.")
  private int previewEvery;

  @Option(
      names = "--show",
      negatable = true,
      description =
          "Show the images in the terminal as they form. Default: up to 4 with --preview-every.")
  private Boolean show;

  @Mixin private SamplingFlags sampling;

  @Option(
      names = "--layout",
      paramLabel = "IMAGE",
      description = "Keep the layout of this image: its first tokens are taken.")
  private Path layoutFile;

  @Option(
      names = "--layout-tokens",
      paramLabel = "K",
      description = "How many tokens of --layout to take.")
  private Integer layoutTokens;

  @Option(
      names = "--sampler",
      paramLabel = "METHOD",
      defaultValue = "adams2",
      completionCandidates = Candidates.Samplers.class,
      description = "How the decoder denoises: adams2 or euler. Default: ${DEFAULT-VALUE}.")
  private Denoiser.Method sampler;

  @Option(names = "--tokens-only", description = "Make tokens.npz and no images.")
  private boolean tokensOnly;

  @Option(
      names = "--npz",
      paramLabel = "F",
      description =
          "Write one file for an evaluation (arr_0 uint8 NHWC, labels), and nothing else. The same command goes on where it stopped.")
  private Path npz;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "" + USUAL_BATCH,
      description = "Images at a time; changes no image. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "-o",
      paramLabel = "key.path=value",
      description = "Overrides a key of the model's config.yaml; repeatable.")
  private List<String> overrides = List.of();

  SampleCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    ModelFolder model = Models.find(modelFolder, console(), overrides);
    model.requireTransformer("sample");
    TransformerConfig ar = model.config().requireAr("sample");
    check(model, ar);
    SamplingOptions choice = sampling.resolve(model.config());
    RgbImage layout = layoutFile == null ? null : ImageFiles.read(layoutFile);
    ClassChoice chosen =
        ClassChoice.parse(
            classes, count, model.config().requireClasses("sample"), options().seed());
    Path folder = out == null ? Path.of("out", chosen.label()) : out;
    if (npz == null) {
      OutputPaths.makeFolder("--out", folder);
    } else {
      OutputPaths.checkFile("--npz", npz);
    }

    try (Compute compute = openCompute();
        NetworkGenerator generator = new NetworkGenerator(model, compute, tokensOnly)) {
      long[] first =
          layout == null ? new long[0] : Arrays.copyOf(generator.layout(layout), layoutTokens);
      Job job = new Job(generator, chosen, choice, first, ar.sequence().blockSize());
      if (npz != null) {
        generateFile(job, model, choice);
      } else {
        generateFolder(job, folder);
      }
    }
  }

  /** Everything that is cheap to check, before anything is loaded. */
  private void check(ModelFolder model, TransformerConfig ar) {
    if (count < 1) {
      throw new UserException("--count " + count + ": give 1 or more");
    }
    if (batch < 1) {
      throw new UserException("--batch " + batch + ": give 1 or more");
    }
    if (tokensOnly && (previewEvery > 0 || isShowAsked() || npz != null || layoutFile != null)) {
      throw new UserException(
          "--tokens-only makes no images: leave out --preview-every, --show, --npz and --layout");
    }
    if ((layoutFile == null) != (layoutTokens == null)) {
      throw new UserException("--layout and --layout-tokens belong together; give both or none");
    }
    int tokens = ar.sequence().blockSize();
    if (layoutTokens != null && (layoutTokens < 1 || layoutTokens >= tokens)) {
      throw new UserException(
          "--layout-tokens %d: the model has %d tokens an image; give 1 to %d"
              .formatted(layoutTokens, tokens, tokens - 1));
    }
    if (!tokensOnly) {
      model.requireTokenizer("sample");
      checkPreviews(model.config().requireTokenizer("sample"));
    }
  }

  private void checkPreviews(TokenizerConfig tokenizer) {
    int step = tokenizer.tokens().queriesPerStep();
    if (previewEvery < 0 || previewEvery % step != 0) {
      throw new UserException(
          "--preview-every %d: give a multiple of %d, the tokens of one denoising step"
              .formatted(previewEvery, step));
    }
  }

  /** What is to be generated, and by what. */
  private record Job(
      NetworkGenerator generator,
      ClassChoice chosen,
      SamplingOptions choice,
      long[] first,
      int tokens) {

    int images() {
      return chosen.classes().length;
    }
  }

  private void generateFolder(Job job, Path folder) {
    TerminalPicture terminal = isShown(job.images()) ? terminal() : null;
    if (isShowAsked() && terminal == null) {
      note("--show: this is no terminal with colours, so no picture is drawn");
    }
    Map<String, Object> fields;
    try (Progress progress = tokenProgress(job, terminal != null)) {
      SampleOutput output =
          new SampleOutput(folder, job.chosen(), job.tokens(), progress, terminal, console().err());
      for (int start = 0; start < job.images(); start += batch) {
        int size = Math.min(batch, job.images() - start);
        output.beginBatch(start, size);
        job.generator().run(request(job, start, size), output);
      }
      fields = output.write();
    }
    result(
        folder
            + ": "
            + (tokensOnly
                ? Counted.of(job.images(), "row") + " of tokens"
                : Counted.of(job.images(), "image")));
    json(fields);
  }

  private void generateFile(Job job, ModelFolder model, SamplingOptions choice) {
    int size = model.config().imageSize();
    String what =
        "%s %d %s %s %s %d %s"
            .formatted(
                model.path().toAbsolutePath().normalize(),
                options().seed(),
                choice,
                sampler,
                Arrays.toString(job.chosen().classes()),
                size,
                Arrays.toString(job.first()));
    try (EvaluationFile file = EvaluationFile.open(npz, what, job.chosen().classes(), size);
        Progress progress =
            new Progress(progress(), "sampling", "img", file.done(), job.images())) {
      while (file.done() < job.images()) {
        int start = file.done();
        NetworkGenerator.Request request =
            request(job, start, Math.min(batch, job.images() - start));
        job.generator().run(request, file);
        progress.update(file.done());
      }
      file.finish();
    }
    result(npz + ": " + Counted.of(job.images(), "image"));
    json(Map.of("npz", npz.toString(), "images", job.images()));
  }

  private NetworkGenerator.Request request(Job job, int start, int size) {
    long[] part = Arrays.copyOfRange(job.chosen().classes(), start, start + size);
    long[][] forced = new long[size][];
    Arrays.fill(forced, job.first());
    TokenRequest tokens = TokenRequest.of(part, options().seed(), start).withForced(forced);
    return new NetworkGenerator.Request(tokens, job.choice(), previewEvery, sampler);
  }

  private Progress tokenProgress(Job job, boolean hidden) {
    long total = (long) job.images() * job.tokens();
    return new Progress(hidden ? console().silence() : progress(), "sampling", "token", 0, total);
  }

  private boolean isShowAsked() {
    return show != null && show;
  }

  private boolean isShown(int images) {
    boolean fits = previewEvery > 0 && images <= SHOWN_UNASKED && !options().quiet();
    return show == null ? fits : show;
  }

  /** The terminal that images are shown in; null where there is none. */
  private TerminalPicture terminal() {
    TerminalColors colors = console().colors();
    return colors == TerminalColors.NONE ? null : new TerminalPicture(colors, console().columns());
  }

  @Override
  boolean samples() {
    return true;
  }
}

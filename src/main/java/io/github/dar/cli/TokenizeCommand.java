package io.github.dar.cli;

import io.github.dar.config.Counted;
import io.github.dar.config.Fit;
import io.github.dar.config.UserException;
import io.github.dar.data.CodesWriter;
import io.github.dar.data.ImageSource;
import io.github.dar.data.TolerantSource;
import io.github.dar.engine.Compute;
import io.github.dar.generate.Encoding;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.view.Progress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dar tokenize}. */
@Command(
    name = "tokenize",
    description = "Turns the images of a data set into token codes.",
    customSynopsis = "dar tokenize --tokenizer DIR --data SRC --out F.npz [OPTIONS]",
    footer =
        "%nF.npz gets codes (int64 [n, N]; with --crops ten uint16 [n, 10, N]) and labels (int64 [n]); indices (int64 [n]) as well if images were left out. The same command goes on where it stopped.")
final class TokenizeCommand extends DarCommand {

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      required = true,
      description = "The model folder with the tokenizer.")
  private Path folder;

  @Option(names = "--data", paramLabel = "SRC", required = true, description = DataOptions.SOURCES)
  private String data;

  @Option(
      names = "--out",
      paramLabel = "F.npz",
      required = true,
      description = "The file to write.")
  private Path out;

  @Option(
      names = "--raw",
      description =
          "Write latents as well: float32 [n, N, C] ([n, 10, N, C]), before quantisation.")
  private boolean raw;

  @Option(
      names = "--fit",
      paramLabel = "HOW",
      completionCandidates = Candidates.Fits.class,
      defaultValue = "auto",
      description =
          "How images come to size: crop, pad, or auto, which pads smaller ones. Default: ${DEFAULT-VALUE}.")
  private String fit;

  @Option(
      names = "--crops",
      paramLabel = "one|ten",
      completionCandidates = Candidates.Crops.class,
      defaultValue = "one",
      description =
          "Ten: the corners and the middle of a square 1.1 times as large, and their mirror images; train-ar draws one each time. Default: ${DEFAULT-VALUE}.")
  private String crops;

  @Mixin private DataOptions reading;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "Crops at a time. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "-o",
      paramLabel = "key.path=value",
      description = "Overrides a key of the model's config.yaml; repeatable.")
  private List<String> overrides = List.of();

  TokenizeCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    ModelFolder model = Models.open(folder, overrides);
    model.requireTokenizer("tokenize");
    model.config().requireTokenizer("tokenize").requireCodes("tokenize");
    if (batch < 1) {
      throw new UserException("--batch " + batch + ": give 1 or more");
    }
    OutputPaths.checkFile("--out", out);
    int size = model.config().imageSize();
    try (TolerantSource source = reading.open(data, size, options().seed())) {
      note(source.describe());
      EncodingPlan plan =
          EncodingPlan.of(model, data, source, fit(source, size), false, raw, batch);
      int images = encode(model, source, plan);
      int tokens = plan.layout().tokens();
      int ways = plan.layout().crops();
      result(
          "%s: %s%s, %d tokens each%s"
              .formatted(
                  out,
                  Counted.of(images, "image"),
                  ways == 1 ? "" : " of " + ways + " crops",
                  tokens,
                  images == source.size() ? "" : "; skipped " + (source.size() - images)));
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("out", out.toString());
      fields.put("images", images);
      fields.put("crops", ways);
      fields.put("tokens", tokens);
      fields.put("skipped", source.size() - images);
      json(fields);
    }
  }

  private Fit fit(ImageSource source, int size) {
    return switch (crops.toLowerCase(Locale.ROOT)) {
      case "one" -> Models.fit(fit, source, size);
      case "ten" -> Fit.TEN_CROP;
      default -> throw new UserException("--crops " + crops + ": unknown; use one or ten");
    };
  }

  private int encode(ModelFolder model, ImageSource source, EncodingPlan plan) {
    try (CodesWriter codes = CodesWriter.open(out, plan.layout());
        Compute compute = openCompute();
        Tokenizer tokenizer = model.tokenizer(compute);
        Progress progress =
            new Progress(progress(), "tokenize", "img", codes.next(), source.size())) {
      Encoding.encode(tokenizer, source, plan.squares(), plan.layout(), codes, progress::update);
      return codes.finish(source.size());
    }
  }
}

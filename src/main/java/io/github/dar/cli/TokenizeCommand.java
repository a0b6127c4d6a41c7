package io.github.dar.cli;

import ai.djl.ndarray.NDArray;
import io.github.dar.config.UserException;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.TokenCodes;
import io.github.dar.engine.Compute;
import io.github.dar.generate.Encoding;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.view.Progress;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.NpzWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dar tokenize}. */
@Command(
    name = "tokenize",
    description = "Turns the images of a data set into token codes.",
    customSynopsis = "dar tokenize --tokenizer DIR --data SRC --out F.npz [OPTIONS]",
    footer = "%nF.npz gets codes (int64 [n, N]) and labels (int64 [n]).")
final class TokenizeCommand extends DarCommand {

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      required = true,
      description = "The model folder with the tokenizer.")
  private Path folder;

  @Option(
      names = "--data",
      paramLabel = "SRC",
      required = true,
      description = "The images: DIR, idx:PATH-PREFIX or shapes:, each with #FROM:TO or not.")
  private String data;

  @Option(
      names = "--out",
      paramLabel = "F.npz",
      required = true,
      description = "The file to write.")
  private Path out;

  @Option(
      names = "--raw",
      description = "Write latents as well: float32 [n, N, C], before quantisation.")
  private boolean raw;

  @Option(
      names = "--fit",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "How images come to size: crop, pad, or auto, which pads smaller ones. Default: ${DEFAULT-VALUE}.")
  private String fit;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "Images at a time. Default: ${DEFAULT-VALUE}.")
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
    Models.requireTokenizer(model, "tokenize");
    model.config().requireTokenizer("tokenize").requireCodes("tokenize");
    if (batch < 1) {
      throw new UserException("--batch " + batch + ": give 1 or more");
    }
    OutputPaths.checkFile("--out", out);
    int size = model.config().imageSize();
    try (ImageSource source = ImageSources.open(data, size, options().seed())) {
      note(source.describe());
      ImageTransform transform = ImageTransform.of(size, Models.fit(fit, source, size), false);
      List<HostTensor> latents = new ArrayList<>();
      TokenCodes codes;
      try (Compute compute = openCompute();
          Tokenizer tokenizer = model.tokenizer(compute);
          Progress progress = new Progress(progress(), "tokenize", "img", 0, source.size())) {
        codes =
            Encoding.encode(
                tokenizer,
                source,
                transform,
                batch,
                raw ? array -> latents.add(host(compute, array)) : null,
                progress::update);
      }
      write(codes, latents);
      int tokens = codes.codes()[0].length;
      result("%s: %d images, %d tokens each".formatted(out, source.size(), tokens));
      json(Map.of("out", out.toString(), "images", source.size(), "tokens", tokens));
    }
  }

  private static HostTensor host(Compute compute, NDArray array) {
    return compute.tensors().download(array, DType.F32);
  }

  private void write(TokenCodes codes, List<HostTensor> latents) {
    if (!raw) {
      codes.write(out);
      return;
    }
    try (NpzWriter npz = NpzWriter.stored(out)) {
      npz.write("codes", TokenCodes.matrix(codes.codes()));
      npz.write("labels", HostTensor.of(codes.labels(), codes.labels().length));
      long[] shape = latents.get(0).shape();
      npz.begin("latents", DType.F32, codes.codes().length, shape[1], shape[2]);
      latents.forEach(npz::append);
      npz.commit();
    }
  }
}

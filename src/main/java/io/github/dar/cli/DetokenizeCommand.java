package io.github.dar.cli;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.Counted;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.UserException;
import io.github.dar.data.RgbImage;
import io.github.dar.data.TokenCodes;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.generate.Decoding;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Noise;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.view.Pngs;
import io.github.dar.view.Progress;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.Npy;
import io.github.dar.weights.Npz;
import io.github.dar.weights.NpzWriter;
import io.github.dar.weights.TensorFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dar detokenize}. */
@Command(
    name = "detokenize",
    description = "Turns token codes back into images.",
    customSynopsis = "dar detokenize --tokenizer DIR --codes F.npz --out F [OPTIONS]",
    footer =
        "%nA file F.npz gets arr_0 (uint8 [n, H, W, 3]) or, with --raw, images (float32 [n, 3, H, W] in [-1, 1]); any other F is a folder that gets image-000000.png.")
final class DetokenizeCommand extends DarCommand {

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      required = true,
      description = "The model folder with the tokenizer.")
  private Path folder;

  @Option(
      names = "--codes",
      paramLabel = "F.npz",
      required = true,
      description = "The codes: key codes, whole numbers [n, N].")
  private Path codesFile;

  @Option(
      names = "--out",
      paramLabel = "F",
      required = true,
      description = "An .npz file, or a folder for PNG files.")
  private Path out;

  @Option(names = "--height", paramLabel = "N", description = "Height of the images in pixels.")
  private Integer height;

  @Option(names = "--width", paramLabel = "N", description = "Width of the images in pixels.")
  private Integer width;

  @Option(
      names = "--sampler",
      paramLabel = "METHOD",
      defaultValue = "adams2",
      completionCandidates = Candidates.Samplers.class,
      description = "How the decoder denoises: adams2 or euler. Default: ${DEFAULT-VALUE}.")
  private Denoiser.Method sampler;

  @Option(
      names = "--noise",
      paramLabel = "F.npy",
      description = "Start from this noise: float32 [n, 3, H, W]. Default: drawn from the seed.")
  private Path noiseFile;

  @Option(
      names = "--clip-steps",
      paramLabel = "K",
      description = "Give the preview after K denoising steps.")
  private Integer clipSteps;

  @Option(names = "--raw", description = "Write floats instead of bytes; needs an .npz file.")
  private boolean raw;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "16",
      description = "Images at a time; changes no image. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "-o",
      paramLabel = "key.path=value",
      description = "Overrides a key of the model's config.yaml; repeatable.")
  private List<String> overrides = List.of();

  DetokenizeCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    ModelFolder model = Models.open(folder, overrides);
    model.requireTokenizer("detokenize");
    TokenizerConfig config = model.config().requireTokenizer("detokenize");
    config.requireCodes("detokenize");
    long[][] codes = readCodes(config);
    int h = height == null ? model.config().imageSize() : height;
    int w = width == null ? model.config().imageSize() : width;
    int steps = config.tokens().numDenoisingSteps();
    int taken = clipSteps == null ? steps : clipSteps;
    check(taken, steps, h, w, config.diffDecoder().patchSize());
    HostTensor noise = noiseFile == null ? null : readNoise(codes.length, h, w);

    try (Compute compute = openCompute();
        Tokenizer tokenizer = model.tokenizer(compute);
        Progress progress = new Progress(progress(), "detokenize", "img", 0, codes.length);
        Output output = new Output(codes.length, h, w)) {
      for (int start = 0; start < codes.length; start += batch) {
        int end = Math.min(codes.length, start + batch);
        try (NDManager scope = compute.manager().newSubManager()) {
          NDArray from =
              noise == null
                  ? Noise.of(scope, options().seed(), Purpose.IMAGE_NOISE, start, end - start, h, w)
                  : compute.tensors().float32(scope, noise.rows(start, end));
          long[][] part = Arrays.copyOfRange(codes, start, end);
          NDArray images = Decoding.decode(scope, tokenizer, part, from, taken, sampler);
          output.add(compute, images, start);
        }
        progress.update(end);
      }
      output.finish();
    }
    result(out + ": " + Counted.of(codes.length, "image") + " of " + w + "x" + h);
    json(Map.of("out", out.toString(), "images", codes.length, "height", h, "width", w));
  }

  private void check(int taken, int steps, int h, int w, int patch) {
    if (batch < 1) {
      throw new UserException("--batch " + batch + ": give 1 or more");
    }
    if (taken < 1 || taken > steps) {
      throw new UserException(
          "--clip-steps %d: this tokenizer takes %d denoising steps; give 1 to %d"
              .formatted(taken, steps, steps));
    }
    if (h < 1 || w < 1 || h % patch != 0 || w % patch != 0) {
      throw new UserException(
          "--height %d, --width %d: give multiples of %d, the decoder's patch"
              .formatted(h, w, patch));
    }
    if (raw && !isFile()) {
      throw new UserException("--raw writes an .npz file; give one with --out, not " + out);
    }
    if (isFile()) {
      OutputPaths.checkFile("--out", out);
    } else {
      OutputPaths.makeFolder("--out", out);
    }
  }

  private boolean isFile() {
    return out.toString().endsWith(".npz");
  }

  private long[][] readCodes(TokenizerConfig config) {
    long[][] codes;
    try (TensorFile npz = Npz.open(codesFile)) {
      if (!npz.names().contains("codes")) {
        throw new UserException(
            codesFile + " holds " + npz.names() + ", but 'codes' is needed: see dar tokenize");
      }
      codes = TokenCodes.rows(codesFile, npz.get("codes"));
    }
    Decoding.check(config, codesFile.toString(), codes);
    return codes;
  }

  private HostTensor readNoise(int images, int h, int w) {
    HostTensor noise = Npy.read(noiseFile);
    long[] wanted = {images, 3, h, w};
    if (!Arrays.equals(noise.shape(), wanted) || !noise.dtype().isFloating()) {
      throw new UserException(
          "--noise %s: is %s, but floats of %s are needed"
              .formatted(noiseFile, noise, Arrays.toString(wanted)));
    }
    return noise;
  }

  /** Where the images go. */
  private final class Output implements AutoCloseable {

    private final NpzWriter npz;

    Output(int images, int h, int w) {
      npz = isFile() ? NpzWriter.stored(out) : null;
      if (npz != null && raw) {
        npz.begin("images", DType.F32, images, 3, h, w);
      } else if (npz != null) {
        npz.begin("arr_0", DType.U8, images, h, w, 3);
      }
    }

    void add(Compute compute, NDArray images, int first) {
      if (raw) {
        npz.append(compute.tensors().download(images, DType.F32));
        return;
      }
      List<RgbImage> pictures = Decoding.pictures(images);
      for (int i = 0; i < pictures.size(); i++) {
        RgbImage picture = pictures.get(i);
        if (npz == null) {
          Pngs.write(out.resolve("image-%06d.png".formatted(first + i)), picture);
        } else {
          npz.append(HostTensor.of(picture.rgb(), 1, picture.height(), picture.width(), 3));
        }
      }
    }

    void finish() {
      if (npz != null) {
        npz.commit();
      }
    }

    @Override
    public void close() {
      if (npz != null) {
        npz.close();
      }
    }
  }
}

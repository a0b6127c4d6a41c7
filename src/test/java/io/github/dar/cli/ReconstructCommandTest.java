package io.github.dar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dar.config.Precision;
import io.github.dar.data.Crops;
import io.github.dar.data.ImageFiles;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.engine.TorchScriptFiles;
import io.github.dar.eval.FeatureSet;
import io.github.dar.eval.FrechetDistance;
import io.github.dar.eval.ImageQuality;
import io.github.dar.eval.Measure;
import io.github.dar.features.FeatureExtractor;
import io.github.dar.features.FeatureFiles;
import io.github.dar.features.Lpips;
import io.github.dar.features.Protocol;
import io.github.dar.fetch.WeightsFolder;
import io.github.dar.generate.Encoding;
import io.github.dar.testing.HashedWeights;
import io.github.dar.weights.Npz;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With a model that ships: 32x32, 64 tokens of 256 codes, 8 steps. */
class ReconstructCommandTest {

  private static final String MODEL = "models/fashion-mnist";
  private static final int SIDE = 32;

  @TempDir private Path folder;

  private static String[] args(Path out, String... more) {
    List<String> args = new ArrayList<>(List.of("reconstruct"));
    args.addAll(List.of(more));
    if (!args.contains("--out")) {
      args.addAll(List.of("--out", "" + out));
    }
    if (!args.contains("--tokenizer")) {
      args.addAll(List.of("--tokenizer", MODEL));
    }
    return args.toArray(String[]::new);
  }

  private static Cli.Result reconstruct(Path out, String... more) {
    return Cli.run(args(out, more));
  }

  private static JsonNode results(Path out) throws IOException {
    return new ObjectMapper().readTree(Files.readString(out.resolve("results.json")));
  }

  private static double value(JsonNode results, String name, int steps) {
    for (JsonNode metric : results.get("metrics")) {
      if (metric.get("name").asText().equals(name) && metric.path("steps").asInt() == steps) {
        return metric.get("value").asDouble();
      }
    }
    throw new AssertionError("no " + name + " in " + results);
  }

  private static List<RgbImage> originals(int count) {
    try (ImageSource source = ImageSources.open("shapes:#0:" + count, SIDE, 0)) {
      return IntStream.range(0, count).mapToObj(source::image).toList();
    }
  }

  private static List<RgbImage> pictures(Path npz) {
    try (TensorFile file = Npz.open(npz)) {
      byte[] all = file.get("arr_0").toBytes();
      int each = SIDE * SIDE * 3;
      return IntStream.range(0, all.length / each)
          .mapToObj(i -> Arrays.copyOfRange(all, i * each, (i + 1) * each))
          .map(rgb -> new RgbImage(SIDE, SIDE, rgb))
          .toList();
    }
  }

  private static double mean(
      List<RgbImage> first, List<RgbImage> second, ToDoubleBiFunction<RgbImage, RgbImage> measure) {
    return IntStream.range(0, first.size())
        .mapToDouble(i -> measure.applyAsDouble(first.get(i), second.get(i)))
        .average()
        .orElseThrow();
  }

  @Test
  void values_areThoseOfThePicturesThatAreKept() throws IOException {
    Path npz = folder.resolve("made.npz");
    Cli.Result result =
        reconstruct(
            folder,
            "--data",
            "shapes:#0:14",
            "--metrics",
            "psnr,ssim,script-psnr,script-ssim,codebook",
            "--previews",
            "--npz",
            "" + npz);

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains(
            "crop center 32", "8 steps of adams2, seed 0, fp32", "PSNR after 7 steps", "PSNR ")
        .contains(folder.resolve("results.json").toString());
    JsonNode results = results(folder);
    assertThat(results.get("comparison").asText()).isEqualTo("RECONSTRUCTION");
    assertThat(results.get("metrics")).hasSize(4 * 8 + 2);
    assertThat(results.has("features")).isFalse();
    assertThat(results.get("reference").get("crop")).isEqualTo(results.get("samples").get("crop"));
    List<RgbImage> made = pictures(npz);
    List<RgbImage> given = originals(14);
    assertThat(value(results, "psnr", 0))
        .isCloseTo(mean(made, given, ImageQuality::psnr), within(1e-5));
    assertThat(value(results, "ssim", 0))
        .isCloseTo(mean(made, given, ImageQuality::ssim), within(1e-6));
    assertThat(value(results, "psnr_script", 0))
        .isCloseTo(mean(made, given, ImageQuality::scriptPsnr), within(1e-5));
    assertThat(value(results, "ssim_script", 0))
        .isCloseTo(mean(made, given, ImageQuality::scriptSsim), within(1e-6));

    RgbImage sheet = ImageFiles.read(folder.resolve("sheet.png"));
    assertThat(sheet.width()).isGreaterThan(9 * 96);
    assertThat(sheet.height()).isGreaterThan(12 * 96).isLessThan(14 * 96);
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("results.json", "sheet.png", "made.npz");
    }
  }

  @Test
  void pictures_areThoseOfTokenizeAndDetokenize() {
    String[] common = {"--tokenizer", MODEL, "--precision", "fp32", "--seed", "4", "-q"};
    Path codes = folder.resolve("codes.npz");
    Path images = folder.resolve("images.npz");
    Path made = folder.resolve("made.npz");
    String[] data = {"--data", "shapes:#0:6"};
    Cli.run(joined(new String[] {"tokenize", "--out", "" + codes}, data, common));
    Cli.run(
        joined(new String[] {"detokenize", "--codes", "" + codes, "--out", "" + images}, common));
    reconstruct(
        folder, joined(new String[] {"--metrics", "codebook", "--npz", "" + made}, data, common));

    assertThat(pictures(made))
        .extracting(RgbImage::rgb)
        .containsExactlyElementsOf(pictures(images).stream().map(RgbImage::rgb).toList());
  }

  private static String[] joined(String[]... parts) {
    return Arrays.stream(parts).flatMap(Arrays::stream).toArray(String[]::new);
  }

  @Test
  void aRunThatStopped_endsAsOneThatDidNot() throws IOException {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    String[] options = {
      "--data", "shapes:#0:11", "--metrics", "psnr,ssim,codebook", "--previews", "--batch", "4"
    };
    reconstruct(whole, joined(options, new String[] {"--npz", whole + ".npz"}));
    String[] again = joined(options, new String[] {"--npz", parts + ".npz"});
    assertThat(runUntilTheFirstBatch(args(parts, again))).isEqualTo(ExitCodes.FAILURE);
    assertThat(parts.resolve("results.json")).doesNotExist();

    Cli.Result result = reconstruct(parts, again);

    assertThat(result.err()).contains("reconstruct: 72%, 8/11 img").doesNotContain("4/11 img");
    assertThat(results(parts)).isEqualTo(results(whole));
    assertThat(Files.mismatch(Path.of(whole + ".npz"), Path.of(parts + ".npz"))).isEqualTo(-1);
    assertThat(parts.resolve("unfinished")).doesNotExist();
  }

  /** A program whose stderr breaks as soon as there is progress to tell of. */
  private static int runUntilTheFirstBatch(String... args) {
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    PrintStream err =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8) {
          @Override
          public void print(String text) {
            if (text.contains(" img")) {
              throw new IllegalStateException("stopped");
            }
          }
        };
    PrintStream out = new PrintStream(seen, true, StandardCharsets.UTF_8);
    return Dar.run(new Console(out, err, false, false, 100, Path.of("no-home"), Map.of()), args);
  }

  @Test
  void lpips_isThatOfThePictures() throws IOException {
    writeVgg16(folder);
    Path npz = folder.resolve("made.npz");
    Cli.Result result =
        reconstruct(
            folder,
            "--data",
            "shapes:#0:3",
            "--metrics",
            "lpips",
            "--weights-dir",
            "" + folder,
            "--npz",
            "" + npz,
            "-q",
            "--json");

    assertThat(result.err()).isEmpty();
    JsonNode results = new ObjectMapper().readTree(result.out());
    assertThat(results).isEqualTo(results(folder));
    assertThat(results.at("/details/lpips").asText()).contains("VGG16, sha256");
    try (Compute compute = Compute.open("cpu", Precision.FP32, 0);
        Lpips lpips = new FeatureFiles(new WeightsFolder(folder)).lpips(compute);
        NDManager scope = compute.manager().newSubManager()) {
      float[] distances =
          lpips
              .distance(
                  scope,
                  Encoding.images(scope, pictures(npz)),
                  Encoding.images(scope, originals(3)))
              .toFloatArray();
      double mean = ((double) distances[0] + distances[1] + distances[2]) / 3;
      assertThat(value(results, "lpips", 0)).isPositive().isCloseTo(mean, within(1e-6 * mean));
    }
  }

  /** The mean colour of an image, so that the distance is easily had another way. */
  private static Path colourNetwork(Path folder) throws IOException {
    Path file = folder.resolve("colour.pt");
    TorchScriptFiles.write(
        file,
        "def forward(self: __torch__.Kernel, img: Tensor, return_features: bool=False, use_fp16: bool=False, no_output_bias: bool=False) -> Tensor:",
        "  x = torch.to(img, 6)",
        "  if return_features:",
        "    return torch.mean(x, [2, 3])",
        "  if not no_output_bias or use_fp16:",
        "    return x",
        "  return torch.softmax(torch.zeros([torch.size(x, 0), 10]), 1)");
    return file;
  }

  @Test
  void distance_isToTheOriginalsAsTheTokenizerSeesThem() throws IOException {
    Path network = colourNetwork(folder);
    Path npz = folder.resolve("made.npz");
    String[] common = {"--features", "" + network, "--npz", "" + npz, "-q"};
    String[] own = {"--data", "shapes:count=9,size=50", "--metrics", "fid,is"};
    Cli.Result result = reconstruct(folder, joined(own, common));

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("rFD-colour.pt", "warning: ").doesNotContain("FID");
    List<RgbImage> given;
    try (ImageSource source = ImageSources.open("shapes:count=9,size=50", SIDE, 0)) {
      given =
          IntStream.range(0, source.size())
              .mapToObj(i -> Crops.centerCrop(source.image(i), SIDE))
              .toList();
    }
    try (Compute compute = Compute.open("cpu", Precision.FP32, 0);
        FeatureExtractor colours = FeatureFiles.torchScript(compute, network, Protocol.ADM);
        FeatureSet originals = set(compute, colours, "originals", given);
        FeatureSet restored = set(compute, colours, "restored", pictures(npz))) {
      assertThat(value(results(folder), "fd_colour_pt", 0))
          .isPositive()
          .isEqualTo(
              FrechetDistance.between(
                  originals.statistics("").features(), restored.statistics("").features()));
    }
    String[] spatial = {"--data", "shapes:#0:9", "--metrics", "fid,sfid"};
    assertThat(reconstruct(folder, joined(spatial, common)).err())
        .contains("colour.pt has no spatial features; name other --metrics")
        .hasLineCount(1);
  }

  private FeatureSet set(
      Compute compute, FeatureExtractor network, String name, List<RgbImage> images) {
    Set<Measure> measures = EnumSet.of(Measure.FRECHET);
    FeatureSet set = FeatureSet.open(compute, network, folder.resolve(name), name, measures);
    set.add(images);
    return set;
  }

  private static void writeVgg16(Path folder) {
    int[][] layers = {
      {0, 3, 64},
      {2, 64, 64},
      {5, 64, 128},
      {7, 128, 128},
      {10, 128, 256},
      {12, 256, 256},
      {14, 256, 256},
      {17, 256, 512},
      {19, 512, 512},
      {21, 512, 512},
      {24, 512, 512},
      {26, 512, 512},
      {28, 512, 512}
    };
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (int[] layer : layers) {
      shapes.put("features." + layer[0] + ".weight", new long[] {layer[2], layer[1], 3, 3});
      shapes.put("features." + layer[0] + ".bias", new long[] {layer[2]});
    }
    SafeTensors.write(
        folder.resolve("vgg16-397923af.safetensors"), HashedWeights.of(shapes), Map.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--tokenizer no/such --data shapes:#0:4         | no/such",
        "--data no/such --metrics psnr                  | no/such",
        "--data npz:no.npz --metrics psnr               | no.npz",
        "--data shapes:#4:4 --metrics psnr              | range #4:4",
        "--data shapes:#0:4 --metrics pnsr              | did you mean 'psnr'?",
        "--data shapes:#0:4 --metrics kid               | 'kid' is not one",
        "--data shapes:#0:4                             | 'dar fetch inception'",
        "--data shapes:#0:4                             | --features bundled",
        "--data shapes:#0:4                             | --metrics without fid",
        "--data shapes:#0:4 --metrics psnr,lpips        | 'dar fetch vgg16'",
        "--data shapes:#0:4 --metrics psnr,lpips        | --metrics without lpips",
        "--data shapes:#0:4 --features no.pt            | --features no.pt: no such file",
        "--data shapes:#0:4 --metrics fid --features pom.xml | pom.xml",
        "--data shapes:#0:1 --metrics fid --features pom.xml | is one image",
        "--data shapes:#0:4 --metrics is --features pom.xml --protocol x | --protocol x",
        "--data shapes:#0:4 --metrics psnr --batch 0    | --batch 0: give 1 or more",
        "--data shapes:#0:4 --metrics psnr --fit ten    | --fit ten: unknown",
        "--data shapes:#0:4 --metrics psnr --out pom.xml/x | pom.xml/x",
        "--data shapes:#0:4 --metrics psnr --npz src    | src: is a folder",
        "--data shapes:#0:4 --metrics ssim -o image_size=8 | SSIM needs pictures of 11x11",
        "--data shapes:#0:4 --metrics psnr -o image_sise=8 | did you mean 'image_size'?",
      })
  void wrongInput_isOneLine(String args, String expected) {
    Path out = folder.resolve("out");
    List<String> words = new ArrayList<>(List.of(args.split(" +")));
    words.addAll(List.of("--weights-dir", "" + folder, "-q"));
    Cli.Result result = reconstruct(out, words.toArray(String[]::new));

    assertThat(result.err()).startsWith("dar").contains(expected);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.code()).isEqualTo(2);
    assertThat(out.resolve("sheet.png")).doesNotExist();
  }
}

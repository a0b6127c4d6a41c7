package io.github.dar.cli;

import io.github.dar.config.TokenLayout;
import io.github.dar.data.ShapesSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The commands of a quickstart, exactly as they would be typed.
 *
 * @param preset configs/quickstart.yaml
 * @param tokens of the preset
 * @param minutes for all of it: fewer take fewer images
 * @param out where everything goes
 * @param common device, precision, threads and seed if they were given
 */
record QuickstartSteps(
    Path preset, TokenLayout tokens, double minutes, Path out, List<String> common) {

  /** One background keeps it to 100 classes, which minutes are enough for. */
  private static final String TRAINING_DATA = "shapes:backgrounds=1";

  /** Each shape twice, in colours that differ. */
  private static final List<Integer> CLASSES =
      IntStream.range(0, 20).map(i -> i % 10 * 10 + (7 * i + i / 10) % 10).boxed().toList();

  /** Of the classes above, the one whose layout is kept, and what it becomes. */
  private static final int LAYOUT = 2;

  private static final List<Integer> LAYOUT_CLASSES = List.of(25, 42, 78, 96);

  private static final String GUIDANCE = "2.0";

  /** The last third of them is timed. */
  private static final int PROBE_STEPS = 24;

  /** The steps in their order. */
  enum Name {
    TOKENIZER,
    CODES,
    AR,
    SAMPLES,
    LAYOUT,
    RECONSTRUCT,
    EVALUATE;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One command.
   *
   * @param title what it does
   * @param arguments as typed after {@code dar}
   */
  record Step(Name name, String title, List<String> arguments) {

    /** As it is typed. */
    String command() {
      return "dar "
          + arguments.stream()
              .map(a -> a.matches("[\\w./:,=+-]+") ? a : "'" + a + "'")
              .collect(Collectors.joining(" "));
    }
  }

  Step tokenizer(int steps) {
    return new Step(
        Name.TOKENIZER,
        "train the tokenizer",
        trainTokenizer(folder(Name.TOKENIZER), List.of("tokenizer_training.steps=" + steps)));
  }

  Step codes() {
    return new Step(
        Name.CODES,
        "turn images into tokens",
        command(
            "tokenize --tokenizer %s --data %s --batch 64 --out %s",
            folder(Name.TOKENIZER), tokenizedData(), folder(Name.CODES)));
  }

  Step ar(int steps) {
    return new Step(
        Name.AR,
        "train the transformer",
        trainAr(folder(Name.AR), List.of("ar_training.steps=" + steps)));
  }

  Step samples() {
    return new Step(
        Name.SAMPLES,
        "sample, with previews",
        command(
            "sample --model %s --class %s --batch 20 --cfg %s --preview-every %s --out %s",
            folder(Name.AR),
            list(CLASSES),
            GUIDANCE,
            tokens.queriesPerStep(),
            folder(Name.SAMPLES)));
  }

  Step layout() {
    return new Step(
        Name.LAYOUT,
        "keep the layout, change the class",
        command(
            "sample --model %s --class %s --cfg %s --layout %s --layout-tokens %s --out %s",
            folder(Name.AR),
            list(LAYOUT_CLASSES),
            GUIDANCE,
            layoutImage(),
            layoutTokens(),
            folder(Name.LAYOUT)));
  }

  Step reconstruct() {
    return new Step(
        Name.RECONSTRUCT,
        "reconstruct images that no training saw",
        command(
            "reconstruct --tokenizer %s --data %s --features bundled --metrics fid,psnr,ssim,codebook --previews --batch 50 --out %s",
            folder(Name.TOKENIZER), otherData(), folder(Name.RECONSTRUCT)));
  }

  Step evaluate() {
    return new Step(
        Name.EVALUATE,
        "measure samples against real images",
        command(
            "eval-fid --model %s --count %s --cfg %s --previews --ref %s --features bundled --metrics fid,pr --batch 100 --out %s",
            folder(Name.AR), images(), GUIDANCE, otherData(), folder(Name.EVALUATE)));
  }

  /** A training too short to learn anything, which shows how fast it is. */
  List<String> tokenizerProbe() {
    return trainTokenizer(
        probe(),
        List.of(
            "tokenizer_training.steps=" + PROBE_STEPS,
            "tokenizer_training.warmup_steps=0",
            "tokenizer_training.log_every=" + PROBE_STEPS / 3));
  }

  /** The same of the transformer, once there are codes. */
  List<String> arProbe() {
    return trainAr(
        probe(),
        List.of(
            "ar_training.steps=" + PROBE_STEPS,
            "ar_training.warmup_steps=0",
            "ar_training.log_every=" + PROBE_STEPS / 3));
  }

  /**
   * The tokens that a layout keeps: those of one denoising step, as the next would keep colours.
   */
  int layoutTokens() {
    return tokens.queriesPerStep();
  }

  /** Images that are measured: enough for two digits, as far as the time allows. */
  int images() {
    return (int) Math.max(100, Math.min(1000, 60 * minutes));
  }

  /** Images that no training saw. */
  private String otherData() {
    int trained = ShapesSource.DEFAULT_COUNT;
    int all = trained + images();
    return "shapes:count=%d,backgrounds=1#%d:%d".formatted(all, trained, all);
  }

  private String tokenizedData() {
    int images = (int) Math.max(500, Math.min(ShapesSource.DEFAULT_COUNT, 2000 * minutes));
    return "shapes:count=%d,backgrounds=1".formatted(images);
  }

  private List<String> trainTokenizer(Path run, List<String> keys) {
    return command(
        keys, "train-tokenizer --config %s --data %s --out %s", preset, TRAINING_DATA, run);
  }

  private List<String> trainAr(Path run, List<String> keys) {
    return command(
        keys,
        "train-ar --config %s --tokenizer %s --codes %s --out %s",
        preset,
        folder(Name.TOKENIZER),
        folder(Name.CODES),
        run);
  }

  private List<String> command(String words, Object... values) {
    return command(List.of(), words, values);
  }

  /** Words are split before values are put in: a path may have blanks. */
  private List<String> command(List<String> keys, String words, Object... values) {
    List<String> out = new ArrayList<>();
    int next = 0;
    for (String word : words.split(" ")) {
      out.add(word.equals("%s") ? values[next++].toString() : word);
    }
    for (String key : keys) {
      out.addAll(List.of("-o", key));
    }
    out.addAll(common);
    return out;
  }

  private static String list(List<Integer> classes) {
    return classes.stream().map(Object::toString).collect(Collectors.joining(","));
  }

  /** Where a step's results are. */
  Path folder(Name name) {
    return out.resolve(name == Name.CODES ? "codes.npz" : name.text());
  }

  /** All that the steps and their page make. */
  List<Path> made() {
    List<Path> made = new ArrayList<>(List.of(probe(), out.resolve("index.html")));
    for (Name name : Name.values()) {
      made.add(folder(name));
    }
    return made;
  }

  /** Where trainings that are only timed go. */
  Path probe() {
    return out.resolve("probe");
  }

  /** The sample whose layout is kept. */
  Path layoutImage() {
    return folder(Name.SAMPLES).resolve("sample-%06d.png".formatted(LAYOUT));
  }
}

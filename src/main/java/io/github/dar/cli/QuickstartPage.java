package io.github.dar.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dar.cli.QuickstartSteps.Name;
import io.github.dar.data.ImageFiles;
import io.github.dar.data.RgbImage;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.view.Flipbook;
import io.github.dar.view.Html;
import io.github.dar.view.HtmlPage;
import io.github.dar.view.MetricsLog;
import io.github.dar.view.Series;
import io.github.dar.view.SvgCurves;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page of a quickstart: what was made, how good it is, and how to make it by hand. */
final class QuickstartPage {

  private static final String DISTANCE = "fd_bundled";

  private final QuickstartSteps steps;
  private final QuickstartLog log;
  private final List<String> classes;

  QuickstartPage(QuickstartSteps steps, QuickstartLog log) {
    this.steps = steps;
    this.log = log;
    this.classes = ModelFolder.open(steps.folder(Name.AR)).config().classes();
  }

  void write(Path file) {
    new HtmlPage("dar quickstart")
        .add(head())
        .section("Samples, while they form", samples())
        .section("The same layout, another class", layout())
        .section("Reconstructions, step by step", reconstructions())
        .section("How good it is", quality())
        .section("How it was learnt", curves())
        .section("Each part by hand", commands())
        .section("What next", next())
        .write(file);
  }

  private String head() {
    return "<h1>A D-AR model, trained in "
        + Html.text(minutes(total()))
        + "</h1>\n<p class=\"lead\">From nothing, on this machine: a tokenizer that turns 32x32 pictures of shapes into 32 tokens and"
        + " back, and a transformer that writes such tokens for a class. Every 4 tokens are one denoising step, so a"
        + " picture is seen to form while it is written.</p>\n<div class=\"facts\">"
        + fact(minutes(log.seconds(Name.TOKENIZER)), "training the tokenizer")
        + fact(minutes(log.seconds(Name.AR)), "training the transformer")
        + fact(
            milliseconds(log.result(Name.SAMPLES).path("seconds_to_first_preview")),
            "to the first preview of 20 pictures")
        + fact(milliseconds(log.result(Name.SAMPLES).path("seconds")), "to all 20, finished")
        + "</div>\n";
  }

  private static String fact(String value, String what) {
    return "<div><b>" + Html.text(value) + "</b><span>" + Html.text(what) + "</span></div>";
  }

  private String samples() {
    JsonNode made = log.result(Name.SAMPLES);
    List<String> labels = new ArrayList<>();
    for (int tokens = QuickstartSteps.TOKENS_A_STEP;
        tokens <= QuickstartSteps.TOKENS;
        tokens += QuickstartSteps.TOKENS_A_STEP) {
      labels.add("after %d of %d tokens".formatted(tokens, QuickstartSteps.TOKENS));
    }
    StringBuilder books = new StringBuilder("<div class=\"samples\">\n");
    for (int i = 0; i < made.path("images").size(); i++) {
      String name = classes.get(made.path("classes").path(i).asInt());
      books.append(Html.figure(Flipbook.of(frames(i), name), name));
    }
    return Html.paragraph(
            "Twenty classes of the hundred, one sample each, nothing picked out. The first preview needs an eighth of the tokens.")
        + Flipbook.slider(labels)
        + books
        + "</div>\n";
  }

  /** The previews of a sample, and the sample. */
  private List<RgbImage> frames(int sample) {
    Path folder = steps.folder(Name.SAMPLES);
    List<RgbImage> frames = new ArrayList<>();
    for (int tokens = QuickstartSteps.TOKENS_A_STEP;
        tokens < QuickstartSteps.TOKENS;
        tokens += QuickstartSteps.TOKENS_A_STEP) {
      frames.add(
          ImageFiles.read(folder.resolve("sample-%06d-at-%03d.png".formatted(sample, tokens))));
    }
    frames.add(sample(Name.SAMPLES, sample));
    return frames;
  }

  private RgbImage sample(Name step, int sample) {
    return ImageFiles.read(steps.folder(step).resolve("sample-%06d.png".formatted(sample)));
  }

  private String layout() {
    JsonNode made = log.result(Name.LAYOUT);
    StringBuilder pictures = new StringBuilder("<div class=\"samples\">\n");
    pictures.append(
        Html.figure(
            Html.picture(ImageFiles.read(steps.layoutImage()), "the layout"),
            "the sample whose layout is kept"));
    for (int i = 0; i < made.path("images").size(); i++) {
      String name = classes.get(made.path("classes").path(i).asInt());
      pictures.append(Html.figure(Html.picture(sample(Name.LAYOUT, i), name), name));
    }
    return Html.paragraph(
            "The first %d tokens are those of the sample on the left, the others are written for another class: place and size stay, the rest changes."
                .formatted(QuickstartSteps.LAYOUT_TOKENS))
        + pictures
        + "</div>\n";
  }

  private String reconstructions() {
    RgbImage sheet = ImageFiles.read(steps.folder(Name.RECONSTRUCT).resolve("sheet.png"));
    return Html.paragraph(
            "Pictures that no training saw, encoded into 32 tokens and decoded again. Left the original, then what there is after each denoising step.")
        + "<div class=\"wide\">"
        + Html.picture(sheet, "originals and what they became after each denoising step")
        + "</div>\n";
  }

  private String quality() {
    Map<Integer, Double> samples = bySteps(Name.EVALUATE);
    Map<Integer, Double> reconstructed = bySteps(Name.RECONSTRUCT);
    int images = steps.images();
    JsonNode tokenizer = log.result(Name.TOKENIZER).path("last");
    JsonNode ar = log.result(Name.AR).path("last");
    List<List<String>> rows =
        List.of(
            row(
                "samples, FD-bundled",
                value(Name.EVALUATE, DISTANCE),
                images + " samples against as many unseen pictures; lower is better"),
            row(
                "samples, precision",
                value(Name.EVALUATE, "precision_bundled"),
                "share of samples that look like real ones to the network"),
            row(
                "samples, recall",
                value(Name.EVALUATE, "recall_bundled"),
                "share of real ones that look like some sample"),
            row(
                "reconstructions, FD-bundled",
                value(Name.RECONSTRUCT, DISTANCE),
                images + " unseen pictures against themselves, encoded and decoded"),
            row("reconstructions, PSNR", value(Name.RECONSTRUCT, "psnr"), "dB; higher is better"),
            row("reconstructions, SSIM", value(Name.RECONSTRUCT, "ssim"), "1 at best"),
            row("codebook in use", percent(tokenizer.path("codebook_usage")), "share of the codes"),
            row(
                "loss of the transformer",
                number(ar.path("loss").asDouble()),
                "nats a token; guessing has " + number(ar.path("loss_of_guessing").asDouble())));
    return Html.paragraph(
            "FD-bundled is a Fréchet distance like FID, but through the small network that ships with dar: it compares with no published FID. With so few pictures it is too high by some amount.")
        + Html.table(List.of("what", "value", "meaning"), rows)
        + "<div class=\"charts\">\n"
        + chart(
            "FD-bundled after each denoising step",
            "steps",
            List.of(series("samples", samples), series("reconstructions", reconstructed)))
        + "</div>\n";
  }

  private static List<String> row(String... cells) {
    return List.of(cells);
  }

  private String curves() {
    Map<String, Series> tokenizer =
        MetricsLog.read(steps.folder(Name.TOKENIZER).resolve("metrics.jsonl"));
    Map<String, Series> ar = MetricsLog.read(steps.folder(Name.AR).resolve("metrics.jsonl"));
    return Html.paragraph(
            "The tokenizer learns to predict the direction from noise to picture (flow matching), the transformer the next token. %s and %s parameters."
                .formatted(parameters(Name.TOKENIZER), parameters(Name.AR)))
        + "<div class=\"charts\">\n"
        + chart("tokenizer: loss of the velocity", "step", named(tokenizer, "loss_flow", ""))
        + chart(
            "tokenizer: share of the codebook in use",
            "step",
            named(tokenizer, "codebook_usage", ""))
        + chart(
            "transformer: loss, nats a token",
            "step",
            named(ar, "loss", "loss", "loss_of_guessing", "guessing"))
        + "</div>\n";
  }

  private String parameters(Name step) {
    ModelFolder model = ModelFolder.open(steps.folder(step));
    return step == Name.TOKENIZER
        ? InfoReport.parameters(Tokenizer.parameters(model.config().requireTokenizer("quickstart")))
        : InfoReport.parameters(Transformer.parameters(model.config().requireAr("quickstart")));
  }

  private static String chart(String title, String x, List<Series> series) {
    return new SvgCurves(title, x, series).draw();
  }

  /** Series of a run under other names, from pairs of them. */
  private static List<Series> named(Map<String, Series> run, String... pairs) {
    List<Series> out = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      Series found = run.get(pairs[i]);
      if (found != null) {
        out.add(new Series(pairs[i + 1], found.steps(), found.values()));
      }
    }
    return out;
  }

  private static Series series(String name, Map<Integer, Double> values) {
    return new Series(
        name,
        values.keySet().stream().mapToDouble(Integer::doubleValue).toArray(),
        values.values().stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** The distance after each number of denoising steps, the finished pictures last. */
  private Map<Integer, Double> bySteps(Name step) {
    Map<Integer, Double> out = new LinkedHashMap<>();
    for (JsonNode metric : log.result(step).path("metrics")) {
      if (metric.path("name").asText().equals(DISTANCE)) {
        int at = metric.path("steps").asInt(QuickstartSteps.TOKENS / QuickstartSteps.TOKENS_A_STEP);
        out.put(at, metric.path("value").asDouble());
      }
    }
    return out;
  }

  /** A value of the finished pictures. */
  private String value(Name step, String name) {
    for (JsonNode metric : log.result(step).path("metrics")) {
      if (metric.path("name").asText().equals(name) && !metric.has("steps")) {
        return number(metric.path("value").asDouble());
      }
    }
    return "not measured";
  }

  private String commands() {
    StringBuilder html = new StringBuilder("<ol>\n");
    for (Name name : Name.values()) {
      html.append("<li>")
          .append(Html.text(minutes(log.seconds(name))))
          .append(Html.command(log.command(name)))
          .append("</li>\n");
    }
    return Html.paragraph(
            "These ran one after the other, in the folder where quickstart was called. In a checkout, dar is ./dar.")
        + html
        + "</ol>\n";
  }

  private String next() {
    return Html.paragraph("A longer run is better: it goes on from nothing with more minutes.")
        + Html.command("dar quickstart --minutes 60 --out longer")
        + Html.paragraph(
            "Your own pictures: a folder with one folder a class, and a preset with its sizes.")
        + Html.command("dar train-tokenizer --config my.yaml --data pictures --out runs/tokenizer")
        + Html.paragraph("dar --help lists the commands; docs/ has a page for each task.");
  }

  private double total() {
    double seconds = 0;
    for (Name name : Name.values()) {
      seconds += log.seconds(name);
    }
    return seconds;
  }

  private static String minutes(double seconds) {
    return seconds < 60
        ? String.format(Locale.ROOT, "%.0f s", seconds)
        : String.format(Locale.ROOT, "%.1f minutes", seconds / 60);
  }

  private static String milliseconds(JsonNode seconds) {
    return String.format(Locale.ROOT, "%.2f s", seconds.asDouble());
  }

  private static String percent(JsonNode share) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * share.asDouble());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.1f", value);
  }
}

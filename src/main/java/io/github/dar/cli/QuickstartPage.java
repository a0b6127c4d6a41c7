package io.github.dar.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dar.cli.QuickstartSteps.Name;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.TokenLayout;
import io.github.dar.data.ImageFiles;
import io.github.dar.data.RgbImage;
import io.github.dar.model.ModelFolder;
import io.github.dar.view.Flipbook;
import io.github.dar.view.Html;
import io.github.dar.view.HtmlPage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The page of a quickstart: what was made, how good it is, and how to make it by hand. */
final class QuickstartPage {

  private final QuickstartSteps steps;
  private final QuickstartLog log;
  private final TokenLayout tokens;
  private final ModelConfig model;
  private final List<String> classes;
  private final QuickstartFigures figures;

  QuickstartPage(QuickstartSteps steps, QuickstartLog log) {
    this.steps = steps;
    this.log = log;
    this.tokens = steps.tokens();
    this.model = ModelFolder.open(steps.folder(Name.AR)).config();
    this.classes = model.classes();
    this.figures = new QuickstartFigures(steps, log);
  }

  void write(Path file) {
    new HtmlPage("dar quickstart")
        .add(head())
        .section("Samples, while they form", samples())
        .section("The same layout, another class", layout())
        .section("Reconstructions, step by step", reconstructions())
        .section("How good it is", figures.quality())
        .section("How it was learnt", figures.curves())
        .section("Each part by hand", commands())
        .section("What next", next())
        .write(file);
  }

  private String head() {
    return "<h1>A D-AR model, trained in "
        + Html.text(minutes(total()))
        + "</h1>\n<p class=\"lead\">From nothing, on this machine: a tokenizer that turns %dx%d pictures of shapes into %d tokens and back, and a transformer that writes such tokens for a class. Every %d tokens are one denoising step, so a picture is seen to form while it is written.</p>\n<div class=\"facts\">"
            .formatted(model.imageSize(), model.imageSize(), all(), tokens.queriesPerStep())
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
    List<String> labels =
        marks().mapToObj(at -> "after %d of %d tokens".formatted(at, all())).toList();
    StringBuilder books = new StringBuilder("<div class=\"samples\">\n");
    for (int i = 0; i < made.path("images").size(); i++) {
      String name = classes.get(made.path("classes").path(i).asInt());
      books.append(Html.figure(Flipbook.of(frames(i), name), name));
    }
    return Html.paragraph(
            "Twenty classes of the hundred, one sample each, nothing picked out. The first preview needs an eighth of the tokens. A few minutes teach colours and places; outlines need more.")
        + Flipbook.slider(labels)
        + books
        + "</div>\n";
  }

  /** The previews of a sample, and the sample. */
  private List<RgbImage> frames(int sample) {
    Path folder = steps.folder(Name.SAMPLES);
    return marks()
        .mapToObj(
            at ->
                at == all()
                    ? sample(Name.SAMPLES, sample)
                    : ImageFiles.read(
                        folder.resolve("sample-%06d-at-%03d.png".formatted(sample, at))))
        .toList();
  }

  /** After how many tokens there is a picture. */
  private IntStream marks() {
    return IntStream.iterate(
        tokens.queriesPerStep(), at -> at <= all(), at -> at + tokens.queriesPerStep());
  }

  private int all() {
    return tokens.numAllQueries();
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
                .formatted(steps.layoutTokens()))
        + pictures
        + "</div>\n";
  }

  private String reconstructions() {
    RgbImage sheet = ImageFiles.read(steps.folder(Name.RECONSTRUCT).resolve("sheet.png"));
    return Html.paragraph(
            "Pictures that no training saw, encoded into tokens and decoded again. Left the original, then what there is after each denoising step.")
        + "<div class=\"wide\">"
        + Html.picture(sheet, "originals and what they became after each denoising step")
        + "</div>\n";
  }

  private String commands() {
    StringBuilder html = new StringBuilder("<ol>\n");
    for (Name name : Name.values()) {
      html.append("<li>")
          .append(Html.text(log.title(name) + ": " + minutes(log.seconds(name))))
          .append(Html.command(log.command(name)))
          .append("</li>\n");
    }
    return Html.paragraph(
            "These ran one after the other, in the folder where quickstart was called. In a checkout, dar is ./dar.")
        + html
        + "</ol>\n";
  }

  private String next() {
    return Html.paragraph("A longer run starts from nothing again and gets further.")
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
}

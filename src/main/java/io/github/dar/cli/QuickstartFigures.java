package io.github.dar.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dar.cli.QuickstartSteps.Name;
import io.github.dar.config.TokenLayout;
import io.github.dar.model.ModelFolder;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.view.Html;
import io.github.dar.view.MetricsLog;
import io.github.dar.view.Series;
import io.github.dar.view.SvgCurves;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a quickstart's page says in numbers and curves. */
record QuickstartFigures(QuickstartSteps steps, QuickstartLog log) {

  private static final String DISTANCE = "fd_bundled";

  /** A table of what was measured, and the distance by denoising steps. */
  String quality() {
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

  /** What was learnt over the steps of both trainings. */
  String curves() {
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
    TokenLayout tokens = steps.tokens();
    int last = tokens.numAllQueries() / tokens.queriesPerStep();
    Map<Integer, Double> out = new LinkedHashMap<>();
    for (JsonNode metric : log.result(step).path("metrics")) {
      if (metric.path("name").asText().equals(DISTANCE)) {
        int at = metric.path("steps").asInt(last);
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

  private static String percent(JsonNode share) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * share.asDouble());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.1f", value);
  }
}

package io.github.dar.bench;

import io.github.dar.config.ModelConfig;
import io.github.dar.data.RgbImage;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.SamplingOptions;
import io.github.dar.generate.StreamListener;
import io.github.dar.generate.StreamOptions;
import io.github.dar.generate.Streamer;
import io.github.dar.generate.TokenRequest;
import io.github.dar.generate.TokenSampler;
import io.github.dar.generate.TokenSession;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import java.util.List;

/**
 * One image as {@code dar sample} makes it, with a preview after every denoising step. The first
 * preview can't be there before its tokens and one step; the image not before the last token and
 * one step.
 */
final class Streaming implements Probe {

  private static final double MILLI = 1e3;

  private final Transformer transformer;
  private final Streamer streamer;
  private final SamplingOptions sampling;
  private final StreamOptions options;
  private final Denoising step;
  private final TokenRequest request;

  Streaming(Transformer transformer, Tokenizer tokenizer, ModelConfig model, long seed) {
    this.transformer = transformer;
    this.streamer = new Streamer(transformer, tokenizer);
    this.sampling = SamplingOptions.usual(model);
    int each = tokenizer.config().tokens().queriesPerStep();
    this.options = StreamOptions.of(model, each, Denoiser.Method.ADAMS2);
    this.step = new Denoising(tokenizer, model.imageSize(), seed);
    this.request = TokenRequest.of(new long[1], seed, 0);
  }

  static List<Row> rows(String detail) {
    return List.of(
        new Row("first preview", detail, "ms", "ms", "its tokens and one denoising step", true),
        new Row(
            "image after its last token",
            detail,
            "ms",
            "denoising steps",
            "one denoising step",
            true));
  }

  /** A whole image would take as long as a round. */
  @Override
  public void warmUp() {
    seconds();
    try (TokenSession session = new TokenSampler(transformer).begin(request, sampling)) {
      session.next(1);
    }
  }

  /** Seconds that a denoising step takes when nothing runs beside it. */
  private double seconds() {
    step.prepare();
    return Stopwatch.seconds(step::run);
  }

  @Override
  public List<Reading> round() {
    double before = seconds();
    Moments moments = new Moments();
    streamer.run(request, sampling, options, moments);
    double alone = (before + seconds()) / 2;
    double rest = moments.end - moments.tokens;
    return List.of(
        new Reading(
            moments.preview * MILLI,
            moments.preview * MILLI,
            (moments.firstTokens + alone) * MILLI),
        new Reading(rest * MILLI, rest / alone, 1));
  }

  @Override
  public void close() {
    step.close();
  }

  /** When things came, in seconds since the start; read after the run has ended. */
  private static final class Moments implements StreamListener {
    private final long begin = System.nanoTime();
    private volatile double firstTokens;
    private volatile double preview;
    private volatile double tokens;
    private volatile double end;

    @Override
    public void progress(int count) {
      if (firstTokens == 0) {
        firstTokens = Stopwatch.since(begin);
      }
    }

    @Override
    public void preview(int count, List<RgbImage> images) {
      if (preview == 0) {
        preview = Stopwatch.since(begin);
      }
    }

    @Override
    public void tokens(long[][] codes) {
      tokens = Stopwatch.since(begin);
    }

    @Override
    public void images(List<RgbImage> images) {
      end = Stopwatch.since(begin);
      if (preview == 0) {
        preview = end; // a model of one step has no other preview
      }
    }
  }
}

package io.github.dar.model;

import io.github.dar.config.TokenLayout;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.testing.Naive;
import io.github.dar.weights.HostTensor;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The tokenizer's networks once more, from method sections 2 to 7, for one image and one token at a
 * time. An image is {@code double[3 * H * W]}; tokens are {@code double[N][D]}.
 */
final class NaiveTokenizer {

  private static final int HEAD = TokenizerConfig.HEAD_SIZE;

  private final TokenizerConfig config;
  private final Naive layers;
  private final int height;
  private final int width;

  NaiveTokenizer(TokenizerConfig config, Map<String, HostTensor> weights, int height, int width) {
    this.config = config;
    this.layers = new Naive(weights);
    this.height = height;
    this.width = width;
  }

  /** Section 3: {@code [N][C]}. */
  double[][] latents(double[] image) {
    int patch = config.encoderPatchSize();
    double[][] cut = cut(image, patch);
    int patches = cut.length;
    int queries = config.tokens().numAllQueries();
    double[][] x = new double[patches + queries][];
    for (int p = 0; p < patches; p++) {
      x[p] = Naive.norm(layers.linear("patchify", cut[p]));
    }
    for (int n = 0; n < queries; n++) {
      int rank = layers.weight("query_embedding.weight").length / TokenLayout.MAX_QUERIES;
      double[] query = layers.row("query_embedding.weight", n, rank);
      x[patches + n] = config.queryLowRank() ? layers.linear("query_linear", query) : query;
    }
    for (int i = 0; i < config.numEncoderLayers(); i++) {
      block("encoder_layers." + i, x, (n, m) -> m < patches || m <= n, patches, width / patch);
    }
    double[][] out = new double[queries][];
    for (int n = 0; n < queries; n++) {
      out[n] = layers.linear("quant_in_conv", Naive.norm(x[patches + n]));
    }
    return out;
  }

  private interface Sees {
    boolean test(int asks, int answers);
  }

  /** Of {@code still} tokens and later ones the rotation is none. */
  private void block(String name, double[][] x, Sees sees, int still, int columns) {
    double[][] h = new double[x.length][];
    for (int n = 0; n < x.length; n++) {
      h[n] = layers.norm(name + ".norm1", x[n]);
    }
    double[][] mixed = attention(name + ".attention", h, h, sees, still, still, columns);
    for (int n = 0; n < x.length; n++) {
      Naive.add(x[n], layers.weight(name + ".gate1"), mixed[n]);
      double[] y = mlp(name + ".mlp", layers.norm(name + ".norm2", x[n]));
      Naive.add(x[n], layers.weight(name + ".gate2"), y);
    }
  }

  private double[][] attention(
      String name,
      double[][] asks,
      double[][] answers,
      Sees sees,
      int moveAsks,
      int moveAnswers,
      int columns) {
    double[][] k = heads(name, "k", answers, moveAnswers, columns);
    double[][] q = heads(name, "q", asks, moveAsks, columns);
    double[][] v = new double[answers.length][];
    for (int m = 0; m < v.length; m++) {
      v[m] = layers.linear(name + ".v", answers[m]);
    }
    double[][] out = new double[asks.length][];
    for (int n = 0; n < out.length; n++) {
      int asking = n;
      IntPredicate seen = m -> sees.test(asking, m);
      out[n] = layers.linear(name + ".proj", Naive.attend(q[n], k, v, HEAD, seen));
    }
    return out;
  }

  /** Section 2: a norm over each head, then rotation of the first {@code moving} tokens. */
  private double[][] heads(String name, String part, double[][] x, int moving, int columns) {
    double[][] out = new double[x.length][];
    for (int n = 0; n < x.length; n++) {
      out[n] = layers.linear(name + "." + part, x[n]);
      for (int start = 0; start < out[n].length; start += HEAD) {
        double[] head = new double[HEAD];
        System.arraycopy(out[n], start, head, 0, HEAD);
        head = layers.norm(name + "." + part + "_norm", head);
        for (int pair = 0; pair < HEAD / 2 && n < moving; pair++) {
          int position = pair < HEAD / 4 ? n / columns : n % columns;
          double angle = position * Math.pow(10000, -2.0 * (pair % (HEAD / 4)) / (HEAD / 2));
          double a = head[2 * pair];
          double b = head[2 * pair + 1];
          head[2 * pair] = a * Math.cos(angle) - b * Math.sin(angle);
          head[2 * pair + 1] = a * Math.sin(angle) + b * Math.cos(angle);
        }
        System.arraycopy(head, 0, out[n], start, HEAD);
      }
    }
    return out;
  }

  private double[] mlp(String name, double[] x) {
    return layers.linear(name + ".fc2", Naive.silu(layers.linear(name + ".fc1", x)));
  }

  static double[] unit(double[] x) {
    double square = 0;
    for (double value : x) {
      square += value * value;
    }
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i] / Math.sqrt(square);
    }
    return out;
  }

  /** Row {@code code} of the unit codebook. */
  double[] entry(int code) {
    return unit(layers.row("quantize.embedding.weight", code, config.vq().vqDim()));
  }

  static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }

  /** Section 4: the nearest entry. */
  int code(double[] latent) {
    int best = 0;
    for (int code = 1; code < config.vq().vqCodebookSize(); code++) {
      if (distance(entry(code), unit(latent)) < distance(entry(best), unit(latent))) {
        best = code;
      }
    }
    return best;
  }

  /** What the condition decoder gets: the entry, or the unit latent where there is no codebook. */
  double[][] quantized(double[][] latents) {
    double[][] out = new double[latents.length][];
    for (int n = 0; n < out.length; n++) {
      out[n] = config.vq().vqEnable() ? entry(code(latents[n])) : unit(latents[n]);
    }
    return out;
  }

  /** Section 5: {@code [N][D]}. */
  double[][] conditions(double[][] quantized) {
    double[][] x = new double[quantized.length][];
    for (int n = 0; n < x.length; n++) {
      x[n] = layers.linear("quant_out_conv", quantized[n]);
      Naive.add(x[n], null, layers.row("decoder_embedding.weight", n, x[n].length));
    }
    for (int i = 0; i < config.numDecoderLayers(); i++) {
      block("decoder_layers." + i, x, (n, m) -> m <= n, 0, 1);
    }
    for (int n = 0; n < x.length; n++) {
      x[n] = Naive.norm(x[n]);
    }
    return x;
  }

  /** Section 7: the velocity at flow time t, of a step's conditions {@code [Q][D]}. */
  double[] velocity(double[] xt, double t, double[][] condition) {
    String net = "diff_decoder.net.";
    int dim = config.diffDecoder().dim();
    int patch = config.diffDecoder().patchSize();
    double[][] c = new double[condition.length][];
    for (int q = 0; q < c.length; q++) {
      c[q] = Naive.norm(layers.linear(net + "cond_mlp", condition[q]));
    }
    double[][] x = cut(xt, patch);
    for (int n = 0; n < x.length; n++) {
      x[n] = layers.linear(net + "conv_in", x[n]);
    }
    boolean shared = config.diffDecoder().shareTimeEncoding();
    double[] time = Naive.sinusoid(t, dim);
    time = shared ? time(net + "time_embed", time) : time;
    for (int i = 0; i < config.diffDecoder().depth(); i++) {
      String name = net + "blocks." + i;
      sitBlock(name, x, c, shared ? time : time(name + ".time_embed", time), width / patch);
    }
    for (int n = 0; n < x.length; n++) {
      x[n] = Naive.norm(x[n]);
      if (config.diffDecoder().mlpHead()) {
        double[] m = layers.linear(net + "linear_out.adaLN_modulation.1", Naive.silu(time));
        x[n] = layers.linear(net + "linear_out.linear", modulated(Naive.norm(x[n]), m, 0));
      } else {
        x[n] = layers.linear(net + "conv_out", x[n]);
      }
    }
    return joined(x, patch);
  }

  private double[] time(String name, double[] sinusoid) {
    return layers.linear(name + ".mlp.2", Naive.silu(layers.linear(name + ".mlp.0", sinusoid)));
  }

  /** x * (1 + scale) + shift; in m lies the shift at {@code from}, the scale after it. */
  private static double[] modulated(double[] x, double[] m, int from) {
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i] * (1 + m[from + x.length + i]) + m[from + i];
    }
    return out;
  }

  private void sitBlock(String name, double[][] x, double[][] c, double[] t, int columns) {
    int tokens = x.length;
    int dim = t.length;
    double[][] keys = new double[c.length][];
    for (int q = 0; q < keys.length; q++) {
      double[] hidden = Naive.silu(layers.linear(name + ".cond_embed.0", c[q]));
      keys[q] = Naive.norm(layers.linear(name + ".cond_embed.2", hidden));
    }
    double[][] normed = new double[tokens][];
    for (int n = 0; n < tokens; n++) {
      normed[n] = Naive.norm(x[n]);
    }
    double[][] s =
        attention(name + ".cross_attn", normed, keys, (n, m) -> true, tokens, 0, columns);
    double[][] m = new double[tokens][];
    double[][] h = new double[tokens][];
    for (int n = 0; n < tokens; n++) {
      Naive.add(s[n], null, t);
      m[n] = layers.linear(name + ".adaLN_modulation.1", Naive.silu(s[n]));
      h[n] = modulated(normed[n], m[n], 0);
    }
    double[][] mixed =
        attention(name + ".attention", h, h, (n, k) -> true, tokens, tokens, columns);
    for (int n = 0; n < tokens; n++) {
      gated(x[n], m[n], 2 * dim, mixed[n]);
      gated(x[n], m[n], 5 * dim, mlp(name + ".mlp", modulated(Naive.norm(x[n]), m[n], 3 * dim)));
    }
  }

  private static void gated(double[] x, double[] m, int gate, double[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += m[gate + i] * y[i];
    }
  }

  /** Patches row by row, each in the order (channel, row, column). */
  private double[][] cut(double[] image, int patch) {
    double[][] out = new double[height / patch * (width / patch)][3 * patch * patch];
    for (int i = 0; i < image.length; i++) {
      int row = i / width % height;
      int column = i % width;
      int channel = i / (width * height);
      int at = (channel * patch + row % patch) * patch + column % patch;
      out[row / patch * (width / patch) + column / patch][at] = image[i];
    }
    return out;
  }

  private double[] joined(double[][] patches, int patch) {
    double[] out = new double[3 * height * width];
    for (int i = 0; i < out.length; i++) {
      int row = i / width % height;
      int column = i % width;
      int at = (i / (width * height) * patch + row % patch) * patch + column % patch;
      out[i] = patches[row / patch * (width / patch) + column / patch][at];
    }
    return out;
  }
}

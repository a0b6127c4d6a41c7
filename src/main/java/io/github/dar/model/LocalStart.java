package io.github.dar.model;

import io.github.dar.config.DiffusionDecoderConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.weights.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * First values of a tokenizer that has hours to learn, not days ({@code initial_weights: local}).
 * The networks are the reference's and so are the names; only where the training sets out is
 * another:
 *
 * <ul>
 *   <li>A query of the encoder looks at its cell of the picture, each head at a part of it, a pixel
 *       patch of the decoder at the tokens whose cell it lies in ({@link QueryPlaces}). From the
 *       reference's values both begin by looking everywhere, and each is learned only as far as the
 *       other already is.
 *   <li>A condition takes in the earlier tokens of its place, so that a step knows what all groups
 *       up to its own say. From the reference's values it takes in the mean of all tokens before
 *       it.
 *   <li>The diffusion decoder begins with the velocity -x_t, which is right where all is noise,
 *       instead of 0: the patches pass it along directions that its last norm leaves alone.
 *   <li>A pixel patch looks at those around it ({@link LookAround}).
 *   <li>Residual branches are open, and matrices scaled by the width they read, so that values of
 *       order 1 arrive.
 * </ul>
 */
public final class LocalStart {

  private static final double IN_EMBEDDING = 0.3;
  private static final double RANDOM_IN_EMBEDDING = 10;
  private static final double QUERY_STD = 0.6;
  private static final double THROUGH_SILU = 0.5;

  private final TokenizerConfig config;
  private final long seed;
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private final PlaceAttention attentions = new PlaceAttention(values);

  private LocalStart(TokenizerConfig config, long seed) {
    this.config = config;
    this.seed = seed;
  }

  /**
   * Changes fresh weights.
   *
   * @param specs what the weights were drawn by
   * @param imageSize side of the pictures in pixels
   * @param seed of the directions that are drawn
   */
  public static void into(
      Weights fresh, List<ParameterSpec> specs, TokenizerConfig config, int imageSize, long seed) {
    LocalStart start = new LocalStart(config, seed);
    fresh
        .toHost()
        .forEach(
            (name, tensor) -> {
              start.values.put(name, tensor.toFloats());
              start.shapes.put(name, tensor.shape());
            });
    specs.forEach(start::scaleByWidth);
    start.openBranches();
    int encoderSide = Math.max(1, imageSize / config.encoderPatchSize());
    start.placeQueries(new QueryPlaces(config.tokens(), encoderSide, config.ropeBaseLen()));
    DiffusionDecoderConfig decoder = config.diffDecoder();
    int decoderSide = Math.max(1, imageSize / decoder.patchSize());
    QueryPlaces places = new QueryPlaces(config.tokens(), decoderSide, decoder.ropeBaseLen());
    OrthonormalRows written =
        new OrthonormalRows(QueryPlaces.VALUES, config.decoderDim(), start.random(2));
    start.writePlaces(places, written);
    start.gatherTokens(places, written);
    start.placeConditions(places, written);
    for (int block = 0; block < decoder.depth(); block++) {
      String attention = "diff_decoder.net.blocks." + block + ".attention.";
      LookAround.into(start.values, attention, decoder.dim(), start.random(5 + block));
    }
    start.passNoise();
    Map<String, HostTensor> out = new LinkedHashMap<>();
    start.values.forEach(
        (name, array) -> out.put(name, HostTensor.of(array, start.shapes.get(name))));
    fresh.set(out);
  }

  private float[] get(String name) {
    return values.get(name);
  }

  private RandomStream random(int index) {
    return RandomStream.of(seed, Purpose.LOCAL_START, index);
  }

  private void scaleByWidth(ParameterSpec spec) {
    if (spec.init() != ParameterSpec.Init.TRUNCATED_NORMAL) {
      return;
    }
    if (!spec.name().contains("embedding")) {
      multiply(get(spec.name()), 1 / (Math.sqrt(spec.shape()[1]) * spec.scale()));
    } else if (spec.name().equals("decoder_embedding.weight")) {
      multiply(get(spec.name()), RANDOM_IN_EMBEDDING);
    }
  }

  private void openBranches() {
    values.forEach(
        (name, array) -> {
          if (name.endsWith(".gate1") || name.endsWith(".gate2")) {
            Arrays.fill(array, 1);
          }
        });
  }

  private static void multiply(float[] array, double factor) {
    for (int i = 0; i < array.length; i++) {
      array[i] = (float) (array[i] * factor);
    }
  }

  /** Queries, and the attention of the encoder's first block by which they find their cell. */
  private void placeQueries(QueryPlaces places) {
    if (config.numEncoderLayers() == 0) {
      return;
    }
    int width = config.encoderDim();
    int columns = 2 * QueryPlaces.VALUES;
    OrthonormalRows directions = new OrthonormalRows(columns, width, random(0));
    RandomStream others = random(1);
    // Place and the rest are of equal length, and that of the whole is the same for all queries.
    double length = QUERY_STD * Math.sqrt(width / 4.0);
    float[] table = get("query_embedding.weight");
    for (int query = 0; query < config.tokens().numAllQueries(); query++) {
      double[] along = new double[columns];
      double square = 0;
      for (int part = 0; part < QueryPlaces.VALUES; part++) {
        along[part] = places.value(query, part);
        along[QueryPlaces.VALUES + part] = others.nextGaussian();
        square += Math.pow(along[QueryPlaces.VALUES + part], 2);
      }
      for (int part = QueryPlaces.VALUES; part < columns; part++) {
        along[part] *= Math.sqrt(2 / square);
      }
      if (config.queryLowRank()) {
        for (int part = 0; part < columns; part++) {
          table[query * columns + part] = (float) along[part];
        }
      } else {
        for (int at = 0; at < width; at++) {
          double sum = 0;
          for (int part = 0; part < columns; part++) {
            sum += along[part] * directions.get(part, at);
          }
          table[query * width + at] = (float) (length * sum);
        }
      }
    }
    if (config.queryLowRank()) {
      float[] linear = get("query_linear.weight");
      for (int at = 0; at < width; at++) {
        for (int part = 0; part < columns; part++) {
          linear[at * columns + part] = (float) (length * directions.get(part, at));
        }
      }
      Arrays.fill(get("query_linear.bias"), 0);
    }
    String attention = "encoder_layers.0.attention.";
    // The norm before it makes the length sqrt(width), of which half the square is the place.
    int parts = places.parts(width / TokenizerConfig.HEAD_SIZE);
    attentions.readPlace(
        attention + "q", directions, places, PlaceAttention.PLACE * 2 / Math.sqrt(width), parts);
    attentions.point(attention + "k_norm.bias", places, parts);
  }

  /** Places in what each token of the condition decoder begins as. */
  private void writePlaces(QueryPlaces places, OrthonormalRows written) {
    int width = config.decoderDim();
    written.removeFrom(get("quant_out_conv.weight"), config.vq().vqDim());
    float[] embedding = get("decoder_embedding.weight");
    for (int query = 0; query < config.tokens().numAllQueries(); query++) {
      for (int at = 0; at < width; at++) {
        double sum = 0;
        for (int part = 0; part < QueryPlaces.VALUES; part++) {
          sum += places.value(query, part) * written.get(part, at);
        }
        embedding[query * width + at] += (float) (IN_EMBEDDING * Math.sqrt(width) * sum);
      }
    }
  }

  /** The condition decoder's attention, by which a token finds the earlier ones of its place. */
  private void gatherTokens(QueryPlaces places, OrthonormalRows written) {
    // Roughly half the square of what the norm before it gives is the place.
    double gain = PlaceAttention.PLACE * 2 / Math.sqrt(config.decoderDim());
    for (int layer = 0; layer < config.numDecoderLayers(); layer++) {
      String attention = "decoder_layers." + layer + ".attention.";
      attentions.readPlace(attention + "q", written, places, gain, 1);
      attentions.readPlace(attention + "k", written, places, gain, 1);
      attentions.meet(attention + "k_norm.weight", places);
    }
  }

  /** The cross attention by which pixel patches find the conditions of their place. */
  private void placeConditions(QueryPlaces places, OrthonormalRows written) {
    int from = config.decoderDim();
    int width = config.diffDecoder().dim();
    OrthonormalRows read = new OrthonormalRows(QueryPlaces.VALUES, width, random(3));
    String net = "diff_decoder.net.";
    carry(get(net + "cond_mlp.weight"), written, read, from, width);
    for (int block = 0; block < config.diffDecoder().depth(); block++) {
      String name = net + "blocks." + block + ".";
      passSilu(get(name + "cond_embed.0.weight"), get(name + "cond_embed.2.weight"), read, width);
      // Roughly a third of what the norm after cond_embed gives is the place.
      attentions.readPlace(
          name + "cross_attn.k", read, places, PlaceAttention.PLACE * 2.4 / Math.sqrt(width), 1);
      attentions.point(name + "cross_attn.q_norm.bias", places, 1);
    }
  }

  /** Makes a matrix {@code [width, from]} map directions to directions, and nothing else there. */
  private static void carry(
      float[] matrix, OrthonormalRows written, OrthonormalRows read, int from, int width) {
    read.removeFrom(matrix, from);
    double gain = Math.sqrt(width / (3.0 * from));
    for (int part = 0; part < QueryPlaces.VALUES; part++) {
      for (int row = 0; row < width; row++) {
        for (int at = 0; at < from; at++) {
          matrix[row * from + at] += (float) (gain * read.get(part, row) * written.get(part, at));
        }
      }
    }
  }

  /** Two linears with SiLU between: silu(a) - silu(-a) is a, so pairs of units pass a value. */
  private static void passSilu(float[] first, float[] second, OrthonormalRows read, int width) {
    read.removeFrom(second, width);
    for (int part = 0; part < QueryPlaces.VALUES; part++) {
      for (int at = 0; at < width; at++) {
        double value = read.get(part, at);
        first[2 * part * width + at] = (float) value;
        first[(2 * part + 1) * width + at] = (float) -value;
        second[at * width + 2 * part] = (float) (THROUGH_SILU * value);
        second[at * width + 2 * part + 1] = (float) (-THROUGH_SILU * value);
      }
    }
  }

  /**
   * The velocity -x_t. A constant beside the pixels of a patch makes the length of what the last
   * norm sees nearly the same for all patches, so that the norm scales them alike.
   */
  private void passNoise() {
    DiffusionDecoderConfig decoder = config.diffDecoder();
    int width = decoder.dim();
    int pixels = 3 * decoder.patchSize() * decoder.patchSize();
    if (pixels + 1 >= width) {
      return;
    }
    OrthonormalRows directions = new OrthonormalRows(pixels + 1, width, random(4));
    String net = "diff_decoder.net.";
    float[] in = get(net + "conv_in.weight");
    float[] bias = get(net + "conv_in.bias");
    float[] out = get(net + (decoder.mlpHead() ? "linear_out.linear.weight" : "conv_out.weight"));
    for (int at = 0; at < width; at++) {
      for (int pixel = 0; pixel < pixels; pixel++) {
        in[at * pixels + pixel] = (float) directions.get(pixel, at);
        out[pixel * width + at] = (float) -directions.get(pixel, at);
      }
      bias[at] =
          (float) (Math.sqrt(Math.max(width - pixels, width / 4.0)) * directions.get(pixels, at));
    }
  }
}

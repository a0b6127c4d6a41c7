package io.github.dar.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import io.github.dar.config.Precision;
import io.github.dar.config.TransformerConfig;
import io.github.dar.config.Yaml;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.testing.EightBits;
import io.github.dar.testing.Goldens;
import io.github.dar.weights.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The transformer kernel against a twin: the same network in plain loops and double arithmetic. */
class TransformerTwinTest {

  @ParameterizedTest
  @CsvSource({
    "fp32, 32, 2, 2, 1, 1, 1e-5",
    "fp32, 48, 3, 1, 2, 7, 1e-5",
    "fp32, 64, 4, 2, 3, 5, 1e-5",
    "bf16, 64, 4, 2, 2, 5, 0.05",
    "bf16, 128, 2, 2, 1, 9, 0.05",
    "int8, 64, 4, 2, 1, 5, 3e-4",
    "int8, 128, 2, 2, 3, 9, 3e-4"
  })
  void logits_equalTwin(
      String precision, int dim, int heads, int kvHeads, int batch, int tokens, double tolerance) {
    TransformerConfig config =
        Yaml.parse(
            """
            {dim: %d, n_layer: 2, n_head: %d, n_kv_head: %d, multiple_of: 16, vocab_size: 11, block_size: %d,
             num_classes: 3, rope_base: 100}
            """
                .formatted(dim, heads, kvHeads, tokens),
            "test",
            TransformerConfig.class);
    // Where the processor has no bf16, the best there is.
    Precision wanted =
        switch (precision) {
          case "fp32" -> Precision.FP32;
          case "int8" -> Precision.INT8;
          default -> Precision.AUTO;
        };
    try (Compute compute = Compute.open("cpu", wanted, 1);
        NDManager scope = compute.manager().newSubManager()) {
      Map<String, HostTensor> values = random(Transformer.parameters(config));
      long[] classes = new long[batch];
      long[][] rows = new long[batch][tokens];
      RandomStream draws = RandomStream.of(1, Purpose.TOKEN, 0);
      for (int b = 0; b < batch; b++) {
        classes[b] = draws.nextInt(4);
        for (int n = 0; n < tokens; n++) {
          rows[b][n] = draws.nextInt(11);
        }
      }
      var seen = wanted == Precision.INT8 ? inEightBits(values) : values;
      // Without products of bytes the rows are bf16; with bf16 arithmetic what lies between is.
      boolean exact = wanted != Precision.INT8 || compute.multipliesBytes() && !compute.hasBf16();
      float[] expected = new Twin(config, seen).logits(classes, rows);
      try (Transformer transformer = Transformer.forSampling(compute, config, "test", values)) {
        float[] actual = transformer.logits(scope, classes, rows).toFloatArray();
        assertThat(Goldens.difference(actual, expected)).isLessThan(exact ? tolerance : 0.05);
        try (Transformer oneByOne = Transformer.forSampling(compute, config, "test", values, 1)) {
          assertThat(oneByOne.logits(scope, classes, rows).toFloatArray()).isEqualTo(actual);
        }
        Weights weights =
            Weights.load(compute, Transformer.parameters(config), "test", values, List.of());
        try (Transformer trained = new Transformer(compute, config, weights)) {
          float[] same = trained.logits(scope, classes, rows).toFloatArray();
          assertThat(Goldens.difference(same, actual)).isZero();
        }
      }
    }
  }

  /** The matrices rounded as int8 rounds them. */
  private static Map<String, HostTensor> inEightBits(Map<String, HostTensor> values) {
    Map<String, HostTensor> out = new LinkedHashMap<>();
    values.forEach(
        (name, tensor) -> {
          boolean matrix = tensor.shape().length == 2 && !name.contains("embedding");
          out.put(name, matrix ? inEightBits(tensor) : tensor);
        });
    return out;
  }

  private static HostTensor inEightBits(HostTensor matrix) {
    float[] rounded = EightBits.rounded(matrix.toFloats(), (int) matrix.shape()[1]);
    return HostTensor.of(rounded, matrix.shape());
  }

  private static Map<String, HostTensor> random(List<ParameterSpec> specs) {
    Map<String, HostTensor> out = new LinkedHashMap<>();
    for (int i = 0; i < specs.size(); i++) {
      ParameterSpec spec = specs.get(i);
      float[] drawn = new float[(int) spec.elements()];
      RandomStream.of(3, Purpose.WEIGHT_INIT, i).gaussians(drawn, 0, drawn.length);
      boolean norm = spec.shape().length == 1;
      for (int j = 0; j < drawn.length; j++) {
        drawn[j] = norm ? 1 + 0.1f * drawn[j] : drawn[j] / (float) Math.sqrt(spec.shape()[1]);
      }
      out.put(spec.name(), HostTensor.of(drawn, spec.shape()));
    }
    return out;
  }

  /** LlamaGen's GPT, one sample and one position at a time. */
  private record Twin(TransformerConfig config, Map<String, HostTensor> weights) {

    float[] logits(long[] classes, long[][] rows) {
      int tokens = rows[0].length;
      int codes = config.sequence().vocabSize();
      float[] out = new float[rows.length * tokens * codes];
      for (int b = 0; b < rows.length; b++) {
        double[][] x = new double[tokens][];
        for (int n = 0; n < tokens; n++) {
          x[n] =
              n == 0
                  ? row("cls_embedding.embedding_table.weight", classes[b])
                  : row("tok_embeddings.weight", rows[b][n - 1]);
        }
        for (int layer = 0; layer < config.nLayer(); layer++) {
          layer("layers." + layer + ".", x);
        }
        for (int n = 0; n < tokens; n++) {
          double[] y = times("output.weight", norm("norm.weight", x[n]));
          for (int c = 0; c < codes; c++) {
            out[(b * tokens + n) * codes + c] = (float) y[c];
          }
        }
      }
      return out;
    }

    private void layer(String p, double[][] x) {
      int size = config.headDim();
      int heads = config.nHead();
      int kvHeads = config.nKvHead();
      double[][] qkv = new double[x.length][];
      for (int n = 0; n < x.length; n++) {
        qkv[n] = times(p + "attention.wqkv.weight", norm(p + "attention_norm.weight", x[n]));
        rotate(qkv[n], (heads + kvHeads) * size, n);
      }
      for (int n = 0; n < x.length; n++) {
        double[] mixed = new double[heads * size];
        for (int h = 0; h < heads; h++) {
          int key = (heads + h / (heads / kvHeads)) * size;
          int value = key + kvHeads * size;
          double[] p0 = new double[n + 1];
          double sum = 0;
          for (int m = 0; m <= n; m++) {
            double dot = 0;
            for (int e = 0; e < size; e++) {
              dot += qkv[n][h * size + e] * qkv[m][key + e];
            }
            p0[m] = Math.exp(dot / Math.sqrt(size));
            sum += p0[m];
          }
          for (int m = 0; m <= n; m++) {
            for (int e = 0; e < size; e++) {
              mixed[h * size + e] += p0[m] / sum * qkv[m][value + e];
            }
          }
        }
        add(x[n], times(p + "attention.wo.weight", mixed));
      }
      for (double[] row : x) {
        double[] normed = norm(p + "ffn_norm.weight", row);
        double[] gate = times(p + "feed_forward.w1.weight", normed);
        double[] up = times(p + "feed_forward.w3.weight", normed);
        for (int i = 0; i < gate.length; i++) {
          gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
        }
        add(row, times(p + "feed_forward.w2.weight", gate));
      }
    }

    private void rotate(double[] x, int length, int position) {
      int size = config.headDim();
      for (int i = 0; i < length; i += 2) {
        double angle = position / Math.pow(config.ropeBase(), (double) (i % size) / size);
        double a = x[i];
        double b = x[i + 1];
        x[i] = a * Math.cos(angle) - b * Math.sin(angle);
        x[i + 1] = a * Math.sin(angle) + b * Math.cos(angle);
      }
    }

    private double[] norm(String name, double[] x) {
      float[] scale = weights.get(name).toFloats();
      double mean = 0;
      for (double value : x) {
        mean += value * value / x.length;
      }
      double[] out = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        out[i] = x[i] / Math.sqrt(mean + config.normEps()) * scale[i];
      }
      return out;
    }

    private double[] row(String name, long index) {
      float[] table = weights.get(name).toFloats();
      double[] out = new double[config.dim()];
      for (int i = 0; i < out.length; i++) {
        out[i] = table[(int) index * out.length + i];
      }
      return out;
    }

    private double[] times(String name, double[] x) {
      float[] matrix = weights.get(name).toFloats();
      double[] out = new double[matrix.length / x.length];
      for (int o = 0; o < out.length; o++) {
        for (int i = 0; i < x.length; i++) {
          out[o] += matrix[o * x.length + i] * x[i];
        }
      }
      return out;
    }

    private static void add(double[] x, double[] y) {
      for (int i = 0; i < x.length; i++) {
        x[i] += y[i];
      }
    }
  }
}

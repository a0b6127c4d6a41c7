package io.github.dar.testing;

import io.github.dar.weights.HostTensor;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Layers of networks in plain loops and double arithmetic, to hold kernels against: one token, a
 * {@code double[]}, at a time.
 */
public final class Naive {

  private static final double EPS = 1e-6;

  private final Map<String, float[]> weights = new HashMap<>();

  /**
   * @param tensors by name; {@code NAME.weight} and, where there is one, {@code NAME.bias}
   */
  public Naive(Map<String, HostTensor> tensors) {
    tensors.forEach((name, tensor) -> weights.put(name, tensor.toFloats()));
  }

  public float[] weight(String name) {
    return weights.get(name);
  }

  /** A matrix {@code [out, in]}, or a convolution whose kernel covers all of x. */
  public double[] linear(String name, double[] x) {
    float[] matrix = weights.get(name + ".weight");
    float[] bias = weights.get(name + ".bias");
    double[] out = new double[matrix.length / x.length];
    for (int o = 0; o < out.length; o++) {
      double sum = bias == null ? 0 : bias[o];
      for (int i = 0; i < x.length; i++) {
        sum += matrix[o * x.length + i] * x[i];
      }
      out[o] = sum;
    }
    return out;
  }

  public double[] row(String table, int index, int width) {
    double[] out = new double[width];
    for (int i = 0; i < width; i++) {
      out[i] = weights.get(table)[index * width + i];
    }
    return out;
  }

  /** LayerNorm without weights. */
  public static double[] norm(double[] x) {
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double variance = 0;
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = (x[i] - mean) / Math.sqrt(variance + EPS);
    }
    return out;
  }

  /** LayerNorm with weights. */
  public double[] norm(String name, double[] x) {
    double[] out = norm(x);
    for (int i = 0; i < out.length; i++) {
      out[i] = out[i] * weights.get(name + ".weight")[i] + weights.get(name + ".bias")[i];
    }
    return out;
  }

  public static double[] silu(double[] x) {
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i] / (1 + Math.exp(-x[i]));
    }
    return out;
  }

  /** Adds {@code gate * y} to x; a gate of null is 1. */
  public static void add(double[] x, float[] gate, double[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += (gate == null ? 1 : gate[i]) * y[i];
    }
  }

  /**
   * Softmax attention of one query.
   *
   * @param q {@code [D]}
   * @param k {@code [M][D]}, as v
   * @param size of a head
   * @param sees which of the M it may look at
   */
  public static double[] attend(
      double[] q, double[][] k, double[][] v, int size, IntPredicate sees) {
    double[] out = new double[q.length];
    for (int head = 0; head < q.length; head += size) {
      double[] p = new double[k.length];
      double sum = 0;
      for (int m = 0; m < k.length; m++) {
        double dot = 0;
        for (int e = head; e < head + size; e++) {
          dot += q[e] * k[m][e];
        }
        p[m] = sees.test(m) ? Math.exp(dot / Math.sqrt(size)) : 0;
        sum += p[m];
      }
      for (int m = 0; m < k.length; m++) {
        for (int e = head; e < head + size; e++) {
          out[e] += p[m] / sum * v[m][e];
        }
      }
    }
    return out;
  }

  /** Sinusoids of 1000 t, cosines first. */
  public static double[] sinusoid(double t, int width) {
    double[] out = new double[width];
    for (int i = 0; i < width / 2; i++) {
      double angle = 1000 * t * Math.pow(10000, -i / (width / 2.0));
      out[i] = Math.cos(angle);
      out[width / 2 + i] = Math.sin(angle);
    }
    return out;
  }

  /** A row of values as doubles. */
  public static double[] doubles(float[] values, int from, int count) {
    double[] out = new double[count];
    for (int i = 0; i < count; i++) {
      out[i] = values[from + i];
    }
    return out;
  }

  /** Rows one after the other. */
  public static float[] floats(double[]... rows) {
    float[] out = new float[rows.length * rows[0].length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) rows[i / rows[0].length][i % rows[0].length];
    }
    return out;
  }
}

import io.github.dar.config.Fit;
import io.github.dar.data.ImageBatch;
import io.github.dar.data.ImageBatches;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageSources;
import io.github.dar.data.ImageTransform;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.weights.Npz;
import io.github.dar.weights.TensorFile;
import java.nio.file.Path;

/**
 * Does a sample show its class? A multinomial logistic regression on pixels, trained on real images, names samples and,
 * beside them, real test images.
 *
 * <p>{@code java -cp "target/dar.jar:target/lib/*" scripts/ClassifySamples.java TRAIN-SOURCE TEST-SOURCE SAMPLES.npz},
 * the samples as {@code dar sample --npz} writes them.
 */
public final class ClassifySamples {

  private static final int EPOCHS = 20;
  private static final int BATCH = 100;
  private static final float RATE = 0.02f;

  /** Grey pixels in [0, 1], {@code [n][size * size]}, and labels. */
  private record Images(float[][] pixels, int[] labels) {}

  private final int classes;
  private final float[][] weights;

  private ClassifySamples(int classes, int inputs) {
    this.classes = classes;
    this.weights = new float[classes][inputs + 1];
  }

  public static void main(String[] args) {
    if (args.length != 3) {
      System.err.println("usage: ClassifySamples TRAIN-SOURCE TEST-SOURCE SAMPLES.npz");
      System.exit(2);
    }
    Images samples = samples(Path.of(args[2]));
    int size = (int) Math.sqrt(samples.pixels()[0].length);
    Images train = source(args[0], size);
    int classes = 0;
    for (int label : train.labels()) {
      classes = Math.max(classes, label + 1);
    }
    ClassifySamples classifier = new ClassifySamples(classes, size * size);
    classifier.train(train);
    System.out.printf("real training images  %.2f%%%n", 100 * classifier.accuracy(train, null));
    System.out.printf(
        "real test images      %.2f%%%n", 100 * classifier.accuracy(source(args[1], size), null));
    int[][] confusion = new int[classes][classes];
    double accuracy = classifier.accuracy(samples, confusion);
    System.out.printf("%d samples          %.2f%%%n", samples.labels().length, 100 * accuracy);
    System.out.println("samples, a row a class asked for, a column a class named:");
    for (int[] row : confusion) {
      StringBuilder line = new StringBuilder();
      for (int count : row) {
        line.append("%5d".formatted(count));
      }
      System.out.println(line);
    }
  }

  private static Images source(String spec, int size) {
    try (ImageSource source = ImageSources.open(spec, size, 0);
        ImageBatches batches =
            ImageBatches.inOrder(source, ImageTransform.of(size, Fit.PAD, false), 500, 0, 2)) {
      float[][] pixels = new float[source.size()][];
      int[] labels = new int[source.size()];
      int at = 0;
      while (batches.hasNext()) {
        ImageBatch batch = batches.next();
        for (int i = 0; i < batch.count(); i++, at++) {
          float[] grey = new float[size * size];
          for (int p = 0; p < grey.length; p++) {
            float sum = 0;
            for (int c = 0; c < 3; c++) {
              sum += batch.pixels()[(i * 3 + c) * grey.length + p];
            }
            grey[p] = sum / 6 + 0.5f; // the mean of three in [-1, 1], brought to [0, 1]
          }
          pixels[at] = grey;
          labels[at] = batch.labels()[i];
        }
      }
      return new Images(pixels, labels);
    }
  }

  private static Images samples(Path file) {
    try (TensorFile npz = Npz.open(file)) {
      byte[] bytes = npz.get("arr_0").toBytes(); // [n, H, W, 3]
      int[] labels = npz.get("labels").toInts();
      int each = bytes.length / labels.length / 3;
      float[][] pixels = new float[labels.length][each];
      for (int i = 0; i < labels.length; i++) {
        for (int p = 0; p < each; p++) {
          int at = (i * each + p) * 3;
          int sum = (bytes[at] & 255) + (bytes[at + 1] & 255) + (bytes[at + 2] & 255);
          pixels[i][p] = sum / 765f;
        }
      }
      return new Images(pixels, labels);
    }
  }

  /** Plain stochastic gradient descent with a falling rate. */
  private void train(Images images) {
    int n = images.labels().length;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      int[] order = RandomStream.of(0, Purpose.DATA_ORDER, epoch).permutation(n);
      float rate = RATE * (1 - (float) epoch / EPOCHS);
      for (int start = 0; start + BATCH <= n; start += BATCH) {
        float[][] errors = new float[BATCH][];
        for (int i = 0; i < BATCH; i++) {
          int at = order[start + i];
          errors[i] = probabilities(images.pixels()[at]);
          errors[i][images.labels()[at]] -= 1;
        }
        for (int i = 0; i < BATCH; i++) {
          float[] x = images.pixels()[order[start + i]];
          for (int c = 0; c < classes; c++) {
            float step = rate * errors[i][c] / 10;
            float[] w = weights[c];
            for (int p = 0; p < x.length; p++) {
              w[p] -= step * x[p];
            }
            w[x.length] -= step;
          }
        }
      }
    }
  }

  private float[] probabilities(float[] x) {
    float[] out = new float[classes];
    float max = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      float[] w = weights[c];
      float sum = w[x.length];
      for (int p = 0; p < x.length; p++) {
        sum += w[p] * x[p];
      }
      out[c] = sum;
      max = Math.max(max, sum);
    }
    float total = 0;
    for (int c = 0; c < classes; c++) {
      out[c] = (float) Math.exp(out[c] - max);
      total += out[c];
    }
    for (int c = 0; c < classes; c++) {
      out[c] /= total;
    }
    return out;
  }

  private double accuracy(Images images, int[][] confusion) {
    int right = 0;
    for (int i = 0; i < images.labels().length; i++) {
      float[] p = probabilities(images.pixels()[i]);
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = p[c] > p[best] ? c : best;
      }
      right += best == images.labels()[i] ? 1 : 0;
      if (confusion != null) {
        confusion[images.labels()[i]][best]++;
      }
    }
    return (double) right / images.labels().length;
  }
}

package io.github.dar.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/** Numbers that the reference implementation produced, from src/test/resources. */
public final class Goldens implements AutoCloseable {

  private final TensorFile file;

  private Goldens(TensorFile file) {
    this.file = file;
  }

  /** Opens a file by its path under io/github/dar. */
  public static Goldens open(String path) {
    return new Goldens(SafeTensors.open(path(path)));
  }

  /** The path of a resource under io/github/dar. */
  public static Path path(String path) {
    try {
      return Path.of(Goldens.class.getResource("/io/github/dar/" + path).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public HostTensor get(String name) {
    return file.get(name);
  }

  public Map<String, HostTensor> all() {
    return file.tensors();
  }

  public Map<String, String> metadata() {
    return file.metadata();
  }

  /** The tensor as an array: float32 or int64. */
  public NDArray array(NDManager manager, String name) {
    HostTensor tensor = get(name);
    Shape shape = new Shape(tensor.shape());
    return tensor.dtype() == DType.I64
        ? manager.create(tensor.toLongs(), shape)
        : manager.create(tensor.toFloats(), shape);
  }

  /** Greatest difference relative to the expected tensor's scale. */
  public static double difference(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      double difference = Math.abs((double) actual[i] - expected[i]);
      worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
    }
    return worst / Math.max(scale, 1e-6);
  }

  public void assertClose(NDArray actual, String name, double tolerance) {
    HostTensor expected = get(name);
    assertThat(actual.getShape().getShape()).as("shape of %s", name).isEqualTo(expected.shape());
    assertThat(difference(floats(actual), expected.toFloats())).as(name).isLessThan(tolerance);
  }

  public static float[] floats(NDArray array) {
    return array.getDataType() == DataType.FLOAT32
        ? array.toFloatArray()
        : array.toType(DataType.FLOAT32, false).toFloatArray();
  }

  /** Values that the reference's README gives by a formula instead of a file. */
  public static HostTensor formula(long seed, int exponent, float offset, long... shape) {
    int elements = 1;
    for (long side : shape) {
      elements *= (int) side;
    }
    SplittableRandom random = new SplittableRandom(seed);
    float[] out = new float[elements];
    for (int i = 0; i < elements; i++) {
      float value = ((random.nextLong() >>> 40) - (1 << 23)) * 0x1p-23f;
      out[i] = offset + Math.scalb(value, exponent);
    }
    return HostTensor.of(out, shape);
  }

  @Override
  public void close() {
    file.close();
  }
}

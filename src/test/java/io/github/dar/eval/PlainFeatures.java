package io.github.dar.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.dar.features.FeatureExtractor;

/**
 * A feature network for tests: means and deviations of the colours, the first pixel as spatial
 * features, and the shares of the colours as classes.
 */
final class PlainFeatures implements FeatureExtractor {

  static final int WIDTH = 6;

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public String sha256() {
    return "0123";
  }

  @Override
  public boolean inception() {
    return false;
  }

  @Override
  public String protocol() {
    return "plain";
  }

  @Override
  public int width() {
    return WIDTH;
  }

  @Override
  public int spatialWidth() {
    return 3;
  }

  @Override
  public int classes() {
    return 3;
  }

  @Override
  public Outputs extract(NDManager into, NDArray images) {
    long batch = images.getShape().get(0);
    NDArray pixels = images.toType(DataType.FLOAT32, true).reshape(batch, -1, 3).div(255);
    pixels.attach(into);
    NDArray mean = pixels.mean(new int[] {1});
    NDArray deviation = pixels.sub(mean.expandDims(1)).square().mean(new int[] {1}).sqrt();
    NDArray shares = mean.add(0.01).div(mean.add(0.01).sum(new int[] {1}, true));
    return new Outputs(mean.concat(deviation, 1), pixels.get(":, 0"), shares);
  }

  @Override
  public void close() {}
}

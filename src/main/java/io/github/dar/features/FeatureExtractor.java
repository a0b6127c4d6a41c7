package io.github.dar.features;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * A frozen network whose view of images the metrics compare, with the way that images are brought
 * to it: the protocol.
 */
public interface FeatureExtractor extends AutoCloseable {

  /** Returns {@code inception}, {@code bundled}, or the name of a file. */
  String name();

  /** Returns the SHA-256 of the weights' file, in hexadecimal digits. */
  String sha256();

  /** Whether the features are those that FID is defined by. */
  boolean inception();

  /** Returns how images reach the network: {@code adm}, {@code pytorch-fid}, {@code clean-fid}. */
  String protocol();

  /** Returns D, the numbers of an image that all metrics but sFID and IS use. */
  int width();

  /** Returns the numbers of an image that sFID uses; 0 if the network has none. */
  int spatialWidth();

  /** Returns the classes of the network's own, which IS uses; 0 if the network has none. */
  int classes();

  /**
   * Looks at images of one size; which others are in the batch changes nothing but rounding.
   *
   * @param images {@code [B, H, W, 3]}, uint8
   */
  Outputs extract(NDManager into, NDArray images);

  @Override
  void close();

  /**
   * What the network says of images, all float32.
   *
   * @param features {@code [B, D]}
   * @param spatial {@code [B, spatialWidth]}; null if the network has none
   * @param probabilities {@code [B, classes]}, rows that sum to 1; null if the network has none
   */
  record Outputs(NDArray features, NDArray spatial, NDArray probabilities) {}
}

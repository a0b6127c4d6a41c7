package io.github.dar.data;

/**
 * An image in a tar file.
 *
 * @param name of the image in the tar file
 * @param offset of its bytes in the tar file
 * @param length how many bytes it has
 * @param label its class, {@link #NO_LABEL} if nothing gives one
 */
record TarSample(String name, long offset, int length, int label) {

  /** The label of images without one. */
  static final int NO_LABEL = -1;
}

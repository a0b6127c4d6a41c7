package io.github.dar.data;

/**
 * Some images, ready for a network. The arrays are the reader's to keep.
 *
 * @param position how many samples of the run come before the first of these
 * @param size of the images in pixels
 * @param pixels {@code [B, 3, size, size]}, -1 to 1; where an image becomes several squares, {@code
 *     [B, squares, 3, size, size]}
 * @param labels {@code [B]}, the classes
 * @param indices {@code [B]}, the images' numbers in their source
 */
public record ImageBatch(long position, int size, float[] pixels, int[] labels, int[] indices) {

  /** How many images there are. */
  public int count() {
    return labels.length;
  }
}

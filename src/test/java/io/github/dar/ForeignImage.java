package io.github.dar;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.output.BoundingBox;
import ai.djl.modality.cv.output.DetectedObjects;
import ai.djl.modality.cv.output.Joints;
import ai.djl.modality.cv.output.Point;
import ai.djl.modality.cv.output.Rectangle;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.OutputStream;
import java.util.List;

/**
 * An image whose pixels only its array tells, as OpenCV's.
 *
 * @param hidden what it looks like
 */
record ForeignImage(Image hidden) implements Image {

  @Override
  public int getWidth() {
    return hidden.getWidth();
  }

  @Override
  public int getHeight() {
    return hidden.getHeight();
  }

  @Override
  public Object getWrappedImage() {
    return "no picture of AWT's";
  }

  @Override
  public NDArray toNDArray(NDManager manager, Flag flag) {
    return hidden.toNDArray(manager, flag);
  }

  @Override
  public Image resize(int width, int height, boolean copy) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Image getMask(int[][] mask) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Image getSubImage(int x, int y, int width, int height) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Image duplicate() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void save(OutputStream out, String type) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<BoundingBox> findBoundingBoxes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void drawBoundingBoxes(DetectedObjects objects, float opacity) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void drawRectangle(Rectangle rectangle, int rgb, int thickness) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void drawMarks(List<Point> points, int radius) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void drawJoints(Joints joints) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void drawImage(Image overlay, boolean resize) {
    throw new UnsupportedOperationException();
  }
}

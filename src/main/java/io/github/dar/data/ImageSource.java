package io.github.dar.data;

import java.util.List;

/**
 * A data set of labelled images, reached by number. Any thread may read at any time; the same
 * number gives the same image every time.
 */
public interface ImageSource extends AutoCloseable {

  /** How many images there are, at least 1. */
  int size();

  /**
   * An image as it is stored, at its own size.
   *
   * @param index in [0, {@link #size})
   */
  RgbImage image(int index);

  /**
   * The class of an image: an index into {@link #classNames}.
   *
   * @param index in [0, {@link #size})
   */
  int label(int index);

  /** The names of all classes, in the order of their labels. */
  List<String> classNames();

  /** One line for people: what this is and how much of it there is. */
  String describe();

  /** Lets go of what the source holds open. */
  @Override
  default void close() {}
}

package io.github.dar.data;

import io.github.dar.config.UserException;
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

  /**
   * Says what becomes of an image that can't be read. Returning means that it is left out and
   * another may take its place; as long as nothing else was asked for, one is too many.
   *
   * @param why what {@link #image} threw
   * @throws UserException if the reader has to stop
   */
  default void skip(int index, UserException why) {
    throw why;
  }

  /** The first image that can be read: an example of what there is. */
  default RgbImage example() {
    UserException why = null;
    for (int i = 0; i < size(); i++) {
      try {
        return image(i);
      } catch (UserException e) {
        why = e;
        skip(i, e);
      }
    }
    throw why;
  }

  /** Lets go of what the source holds open. */
  @Override
  default void close() {}
}

package io.github.dar.data;

import io.github.dar.config.UserException;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A generated data set that needs no download: 10 shapes in 10 colours on 10 backgrounds are 1000
 * classes, class 207 the red star on checkered. Position, size, angle and light of image i are a
 * function of (seed, i); its class is i modulo 1000, so that all are equally frequent.
 */
public final class ShapesSource implements ImageSource {

  /** How many classes there are. */
  public static final int CLASSES =
      Shape.values().length * ShapeColor.values().length * ShapeBackground.values().length;

  /** How many images there are unless told otherwise. */
  public static final int DEFAULT_COUNT = 50_000;

  private static final List<Shape> SHAPES = List.of(Shape.values());
  private static final List<ShapeColor> COLORS = List.of(ShapeColor.values());
  private static final List<ShapeBackground> BACKGROUNDS = List.of(ShapeBackground.values());
  private static final List<String> NAMES = names();

  private final int count;
  private final int size;
  private final long seed;

  /**
   * @param count how many images, at least 1
   * @param size of the images in pixels, at least 8
   */
  public ShapesSource(int count, int size, long seed) {
    if (count < 1) {
      throw new UserException("shapes: count is " + count + "; give at least 1");
    }
    if (size < 8 || size > 4096) {
      throw new UserException("shapes: size is " + size + "; give 8 to 4096 pixels");
    }
    this.count = count;
    this.size = size;
    this.seed = seed;
  }

  /**
   * The source that a text describes.
   *
   * @param options {@code count=50000,size=64}, each of which may be left out
   * @param size in pixels where the text gives none
   */
  static ShapesSource parse(String options, int size, long seed) {
    int count = DEFAULT_COUNT;
    int pixels = size;
    for (String option : options.isEmpty() ? new String[0] : options.split(",", -1)) {
      int equals = option.indexOf('=');
      String value = option.substring(equals + 1);
      switch (equals < 0 ? "" : option.substring(0, equals)) {
        case "count" -> count = number(option, value);
        case "size" -> pixels = number(option, value);
        default ->
            throw new UserException(
                "shapes:%s: \"%s\" is not known; write shapes:count=%d,size=%d"
                    .formatted(options, option, DEFAULT_COUNT, size));
      }
    }
    return new ShapesSource(count, pixels, seed);
  }

  private static int number(String option, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new UserException("shapes: " + option + " is not a whole number; mend it", e);
    }
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public RgbImage image(int index) {
    int label = label(index);
    return new ShapeScene(
            SHAPES.get(label / 100),
            COLORS.get(label / 10 % 10),
            BACKGROUNDS.get(label % 10),
            size,
            RandomStream.of(seed, Purpose.SHAPES, index))
        .paint();
  }

  @Override
  public int label(int index) {
    return Objects.checkIndex(index, count) % CLASSES;
  }

  @Override
  public List<String> classNames() {
    return NAMES;
  }

  @Override
  public String describe() {
    return "%d generated shapes of %dx%d in %d classes (seed %d)"
        .formatted(count, size, size, CLASSES, seed);
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>(CLASSES);
    for (Shape shape : SHAPES) {
      for (ShapeColor color : COLORS) {
        for (ShapeBackground background : BACKGROUNDS) {
          names.add((color + " " + shape + " on " + background).toLowerCase(Locale.ROOT));
        }
      }
    }
    return List.copyOf(names);
  }
}

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
 * function of (seed, i); its class is i modulo the number of classes, so that all are equally
 * frequent. A smaller set takes the first so many of each.
 */
public final class ShapesSource implements ImageSource {

  /** How many classes there are unless told otherwise. */
  public static final int CLASSES =
      Shape.values().length * ShapeColor.values().length * ShapeBackground.values().length;

  /** How many images there are unless told otherwise. */
  public static final int DEFAULT_COUNT = 50_000;

  private static final List<Shape> SHAPES = List.of(Shape.values());
  private static final List<ShapeColor> COLORS = List.of(ShapeColor.values());
  private static final List<ShapeBackground> BACKGROUNDS = List.of(ShapeBackground.values());

  private final int count;
  private final int size;
  private final long seed;
  private final Kinds kinds;
  private final List<String> names;

  /** How many of each there are to choose from, at least 1. */
  private record Kinds(int shapes, int colors, int backgrounds) {

    static final Kinds ALL = new Kinds(SHAPES.size(), COLORS.size(), BACKGROUNDS.size());

    Kinds {
      require("shapes", shapes, SHAPES.size());
      require("colors", colors, COLORS.size());
      require("backgrounds", backgrounds, BACKGROUNDS.size());
    }

    private static void require(String name, int value, int most) {
      if (value < 1 || value > most) {
        throw new UserException("shapes: %s is %d; give 1 to %d".formatted(name, value, most));
      }
    }

    int classes() {
      return shapes * colors * backgrounds;
    }
  }

  /**
   * All 1000 classes.
   *
   * @param count how many images, at least 1
   * @param size of the images in pixels, at least 8
   */
  public ShapesSource(int count, int size, long seed) {
    this(count, size, seed, Kinds.ALL);
  }

  private ShapesSource(int count, int size, long seed, Kinds kinds) {
    if (count < 1) {
      throw new UserException("shapes: count is " + count + "; give at least 1");
    }
    if (size < 8 || size > 4096) {
      throw new UserException("shapes: size is " + size + "; give 8 to 4096 pixels");
    }
    this.count = count;
    this.size = size;
    this.seed = seed;
    this.kinds = kinds;
    this.names = names(kinds);
  }

  /**
   * The source that a text describes.
   *
   * @param options {@code count=50000,size=64,shapes=10,colors=10,backgrounds=10}, each of which
   *     may be left out
   * @param size in pixels where the text gives none
   */
  static ShapesSource parse(String options, int size, long seed) {
    int count = DEFAULT_COUNT;
    int pixels = size;
    Kinds kinds = Kinds.ALL;
    for (String option : options.isEmpty() ? new String[0] : options.split(",", -1)) {
      int equals = option.indexOf('=');
      String value = option.substring(equals + 1);
      switch (equals < 0 ? "" : option.substring(0, equals)) {
        case "count" -> count = number(option, value);
        case "size" -> pixels = number(option, value);
        case "shapes" ->
            kinds = new Kinds(number(option, value), kinds.colors(), kinds.backgrounds());
        case "colors" ->
            kinds = new Kinds(kinds.shapes(), number(option, value), kinds.backgrounds());
        case "backgrounds" ->
            kinds = new Kinds(kinds.shapes(), kinds.colors(), number(option, value));
        default ->
            throw new UserException(
                "shapes:%s: \"%s\" is not known; write shapes:count=%d,size=%d,shapes=10,colors=10,backgrounds=10"
                    .formatted(options, option, DEFAULT_COUNT, size));
      }
    }
    return new ShapesSource(count, pixels, seed, kinds);
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
            SHAPES.get(label / kinds.backgrounds() / kinds.colors()),
            COLORS.get(label / kinds.backgrounds() % kinds.colors()),
            BACKGROUNDS.get(label % kinds.backgrounds()),
            size,
            RandomStream.of(seed, Purpose.SHAPES, index))
        .paint();
  }

  @Override
  public int label(int index) {
    return Objects.checkIndex(index, count) % kinds.classes();
  }

  @Override
  public List<String> classNames() {
    return names;
  }

  @Override
  public String describe() {
    return "%d generated shapes of %dx%d in %d classes (seed %d)"
        .formatted(count, size, size, kinds.classes(), seed);
  }

  private static List<String> names(Kinds kinds) {
    List<String> names = new ArrayList<>(kinds.classes());
    for (Shape shape : SHAPES.subList(0, kinds.shapes())) {
      for (ShapeColor color : COLORS.subList(0, kinds.colors())) {
        for (ShapeBackground background : BACKGROUNDS.subList(0, kinds.backgrounds())) {
          names.add((color + " " + shape + " on " + background).toLowerCase(Locale.ROOT));
        }
      }
    }
    return List.copyOf(names);
  }
}

package io.github.dar.features;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The convolution units of Inception-v3, each with its BatchNorm, and the tensors they make up. */
final class InceptionUnits {

  /** Classes of the TF model: 1000 between fillers, all of which the Inception score uses. */
  static final int CLASSES = 1008;

  /** The numbers of an image that FID uses. */
  static final int WIDTH = 2048;

  private static final String[] BATCH_NORM = {"weight", "bias", "running_mean", "running_var"};

  /** A unit's published name and the shape of its convolution. */
  record Unit(String name, long out, long in, long rows, long columns) {}

  private final List<Unit> units = new ArrayList<>();

  private InceptionUnits() {
    stem();
    block5("Mixed_5b", 192, 32);
    block5("Mixed_5c", 256, 64);
    block5("Mixed_5d", 288, 64);
    block6a();
    block6("Mixed_6b", 128);
    block6("Mixed_6c", 160);
    block6("Mixed_6d", 160);
    block6("Mixed_6e", 192);
    block7a();
    block7("Mixed_7b", 1280);
    block7("Mixed_7c", 2048);
  }

  /** Returns all units, first to last. */
  static List<Unit> all() {
    return List.copyOf(new InceptionUnits().units);
  }

  /** Returns names and shapes of the published tensors that are needed. */
  static Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (Unit unit : all()) {
      shapes.put(
          unit.name() + ".conv.weight",
          new long[] {unit.out(), unit.in(), unit.rows(), unit.columns()});
      for (String part : BATCH_NORM) {
        shapes.put(unit.name() + ".bn." + part, new long[] {unit.out()});
      }
    }
    shapes.put("fc.weight", new long[] {CLASSES, WIDTH});
    shapes.put("fc.bias", new long[] {CLASSES});
    return shapes;
  }

  private void stem() {
    add("Conv2d_1a_3x3", 32, 3, 3, 3);
    add("Conv2d_2a_3x3", 32, 32, 3, 3);
    add("Conv2d_2b_3x3", 64, 32, 3, 3);
    add("Conv2d_3b_1x1", 80, 64, 1, 1);
    add("Conv2d_4a_3x3", 192, 80, 3, 3);
  }

  private void block5(String block, long in, long pooled) {
    add(block + ".branch1x1", 64, in, 1, 1);
    add(block + ".branch5x5_1", 48, in, 1, 1);
    add(block + ".branch5x5_2", 64, 48, 5, 5);
    triple(block, in);
    add(block + ".branch_pool", pooled, in, 1, 1);
  }

  private void block6a() {
    add("Mixed_6a.branch3x3", 384, 288, 3, 3);
    triple("Mixed_6a", 288);
  }

  /** The branch that 5b to 6a share. */
  private void triple(String block, long in) {
    add(block + ".branch3x3dbl_1", 64, in, 1, 1);
    add(block + ".branch3x3dbl_2", 96, 64, 3, 3);
    add(block + ".branch3x3dbl_3", 96, 96, 3, 3);
  }

  private void block6(String block, long inner) {
    add(block + ".branch1x1", 192, 768, 1, 1);
    add(block + ".branch7x7_1", inner, 768, 1, 1);
    add(block + ".branch7x7_2", inner, inner, 1, 7);
    add(block + ".branch7x7_3", 192, inner, 7, 1);
    add(block + ".branch7x7dbl_1", inner, 768, 1, 1);
    add(block + ".branch7x7dbl_2", inner, inner, 7, 1);
    add(block + ".branch7x7dbl_3", inner, inner, 1, 7);
    add(block + ".branch7x7dbl_4", inner, inner, 7, 1);
    add(block + ".branch7x7dbl_5", 192, inner, 1, 7);
    add(block + ".branch_pool", 192, 768, 1, 1);
  }

  private void block7a() {
    add("Mixed_7a.branch3x3_1", 192, 768, 1, 1);
    add("Mixed_7a.branch3x3_2", 320, 192, 3, 3);
    add("Mixed_7a.branch7x7x3_1", 192, 768, 1, 1);
    add("Mixed_7a.branch7x7x3_2", 192, 192, 1, 7);
    add("Mixed_7a.branch7x7x3_3", 192, 192, 7, 1);
    add("Mixed_7a.branch7x7x3_4", 192, 192, 3, 3);
  }

  private void block7(String block, long in) {
    add(block + ".branch1x1", 320, in, 1, 1);
    add(block + ".branch3x3_1", 384, in, 1, 1);
    add(block + ".branch3x3_2a", 384, 384, 1, 3);
    add(block + ".branch3x3_2b", 384, 384, 3, 1);
    add(block + ".branch3x3dbl_1", 448, in, 1, 1);
    add(block + ".branch3x3dbl_2", 384, 448, 3, 3);
    add(block + ".branch3x3dbl_3a", 384, 384, 1, 3);
    add(block + ".branch3x3dbl_3b", 384, 384, 3, 1);
    add(block + ".branch_pool", 192, in, 1, 1);
  }

  private void add(String name, long out, long in, long rows, long columns) {
    units.add(new Unit(name, out, in, rows, columns));
  }
}

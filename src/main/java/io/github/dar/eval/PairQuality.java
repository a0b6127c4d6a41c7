package io.github.dar.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.UserException;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Compute;
import io.github.dar.eval.EvaluationReport.Value;
import io.github.dar.features.Lpips;
import io.github.dar.generate.Encoding;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How near pictures are to their originals, pair by pair: a row of numbers a pair, whose means are
 * the values of a set. All are of bytes, as pictures are stored.
 */
public final class PairQuality {

  private static final Set<Measure> KNOWN =
      EnumSet.of(
          Measure.PSNR, Measure.SSIM, Measure.SCRIPT_PSNR, Measure.SCRIPT_SSIM, Measure.LPIPS);

  /** Below this VGG16 has nothing left to look at. */
  private static final int LPIPS_SIDE = 16;

  /** Rows that are taken from a file at once. */
  private static final int BLOCK = 1024;

  private final Compute compute;
  private final List<Measure> measures;
  private final Optional<Lpips> lpips;

  /**
   * @param measures those of pairs are taken, in their order
   * @param lpips stays the caller's; needed if it is among the measures
   */
  public PairQuality(Compute compute, Set<Measure> measures, Optional<Lpips> lpips) {
    this.compute = compute;
    this.measures = List.copyOf(ofPairs(measures));
    this.lpips = lpips;
  }

  /** Those of the measures that are taken of pairs. */
  public static Set<Measure> ofPairs(Set<Measure> measures) {
    Set<Measure> kept = EnumSet.copyOf(KNOWN);
    kept.retainAll(measures);
    return kept;
  }

  /**
   * Refuses pictures that are too small, before anything is computed.
   *
   * @param side of the pictures in pixels
   */
  public static void requireSide(Set<Measure> measures, int side) {
    for (Measure measure : ofPairs(measures)) {
      int least =
          switch (measure) {
            case SSIM -> Ssim.GAUSSIAN.side();
            case SCRIPT_SSIM -> Ssim.UNIFORM.side();
            case LPIPS -> LPIPS_SIDE;
            default -> 1;
          };
      if (side < least) {
        throw new UserException(
            "%s needs pictures of %dx%d or more and this model's are %dx%d; name other --metrics"
                .formatted(measure, least, least, side, side));
      }
    }
  }

  /** How many numbers a pair has. */
  public int width() {
    return measures.size();
  }

  /**
   * Compares some pairs.
   *
   * @return {@code [B, width]}
   */
  public float[] compare(List<RgbImage> restored, List<RgbImage> originals) {
    float[] distances =
        measures.contains(Measure.LPIPS) ? lpips(restored, originals) : new float[0];
    float[] rows = new float[restored.size() * width()];
    // The windows of SSIM are slow enough to be worth all cores.
    IntStream.range(0, rows.length)
        .parallel()
        .forEach(
            i -> {
              int pair = i / width();
              Measure measure = measures.get(i % width());
              rows[i] =
                  measure == Measure.LPIPS
                      ? distances[pair]
                      : (float) of(measure, restored.get(pair), originals.get(pair));
            });
    return rows;
  }

  private static double of(Measure measure, RgbImage restored, RgbImage original) {
    return switch (measure) {
      case PSNR -> ImageQuality.psnr(restored, original);
      case SSIM -> ImageQuality.ssim(restored, original);
      case SCRIPT_PSNR -> ImageQuality.scriptPsnr(restored, original);
      case SCRIPT_SSIM -> ImageQuality.scriptSsim(restored, original);
      default -> throw new IllegalArgumentException(measure + " is none of pairs");
    };
  }

  private float[] lpips(List<RgbImage> restored, List<RgbImage> originals) {
    try (NDManager scope = compute.manager().newSubManager()) {
      NDArray x = Encoding.images(scope, restored); // [B, 3, H, W]
      NDArray y = Encoding.images(scope, originals); // [B, 3, H, W]
      return lpips.orElseThrow().distance(scope, x, y).toFloatArray(); // [B]
    }
  }

  /**
   * The means over all pairs.
   *
   * @param rows of {@link #compare}, at least one
   * @param steps after which the pictures were taken; null for finished ones
   */
  public List<Value> means(RowFile rows, Integer steps) {
    int count = Math.toIntExact(rows.rows());
    double[] sums = new double[width()];
    for (int from = 0; from < count; from += BLOCK) {
      float[] block = rows.read(from, Math.min(BLOCK, count - from), 0, width());
      for (int i = 0; i < block.length; i++) {
        sums[i % width()] += block[i];
      }
    }
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < sums.length; i++) {
      values.add(new Value(measures.get(i), sums[i] / count, null, steps));
    }
    return values;
  }
}

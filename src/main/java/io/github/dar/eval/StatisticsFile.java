package io.github.dar.eval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.config.UserException;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.Npz;
import io.github.dar.weights.NpzWriter;
import io.github.dar.weights.TensorFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Statistics in an npz file, with the keys of ADM's reference batches, so that either program reads
 * the other's: {@code mu} {@code [D]} and {@code sigma} {@code [D, D]} of the features, {@code
 * mu_s} and {@code sigma_s} of the spatial ones. Beside them {@code count}, {@code about} (text),
 * and in a file that is one part of a larger set {@code sum} {@code [D]} and {@code products}
 * {@code [3, D, D]}, the exact sums of {@link Moments}.
 */
public final class StatisticsFile {

  private static final String SPATIAL = "_s";

  private StatisticsFile() {}

  /**
   * Writes statistics.
   *
   * @param about how they were made
   * @param part whether {@link #merge} is to read the file: it is four times as large then
   */
  public static void write(
      Path file, String about, Moments features, Optional<Moments> spatial, boolean part) {
    try (NpzWriter npz = NpzWriter.stored(file)) {
      npz.write("count", HostTensor.of(new long[] {features.count()}));
      byte[] text = about.getBytes(StandardCharsets.UTF_8);
      npz.write("about", HostTensor.of(text, text.length));
      write(npz, "", features, part);
      spatial.ifPresent(moments -> write(npz, SPATIAL, moments, part));
      npz.commit();
    }
  }

  /** Writes statistics that are complete: they can't become a part of a larger set. */
  public static void write(Path file, Statistics statistics) {
    try (NpzWriter npz = NpzWriter.stored(file)) {
      npz.write("count", HostTensor.of(new long[] {statistics.count()}));
      byte[] text = statistics.about().getBytes(StandardCharsets.UTF_8);
      npz.write("about", HostTensor.of(text, text.length));
      write(npz, "", statistics.features());
      statistics.spatial().ifPresent(gaussian -> write(npz, SPATIAL, gaussian));
      npz.commit();
    }
  }

  private static void write(NpzWriter npz, String suffix, Gaussian gaussian) {
    int width = gaussian.width();
    npz.write("mu" + suffix, HostTensor.of(gaussian.mean(), width));
    npz.write("sigma" + suffix, HostTensor.of(gaussian.covariance(), width, width));
  }

  private static void write(NpzWriter npz, String suffix, Moments moments, boolean part) {
    write(npz, suffix, moments.gaussian());
    if (part) {
      int width = moments.width();
      List<NDArray> sums = moments.sums();
      npz.write("sum" + suffix, HostTensor.of(sums.get(0).toDoubleArray(), width));
      npz.begin("products" + suffix, DType.F64, 3, width, width);
      for (NDArray products : sums.subList(1, sums.size())) {
        npz.append(HostTensor.of(products.toDoubleArray(), 1, width, width));
      }
    }
  }

  /**
   * Reads statistics.
   *
   * @throws UserException if the file holds none, or ones that don't fit together
   */
  public static Statistics read(Path file) {
    try (TensorFile npz = Npz.open(file)) {
      boolean spatial = npz.names().contains("mu_s") || npz.names().contains("sigma_s");
      return new Statistics(
          npz.names().contains("count") ? count(file, npz) : 0,
          gaussian(file, npz, ""),
          spatial ? Optional.of(gaussian(file, npz, SPATIAL)) : Optional.empty(),
          npz.names().contains("about")
              ? StandardCharsets.UTF_8.decode(npz.get("about").bytes()).toString()
              : "");
    }
  }

  private static long count(Path file, TensorFile npz) {
    HostTensor count = npz.get("count");
    if (count.dtype() != DType.I64 || count.elements() != 1) {
      throw new UserException(
          file + ": count is " + count + ", not one whole number; compute the statistics again");
    }
    return count.toLongs()[0];
  }

  private static Gaussian gaussian(Path file, TensorFile npz, String suffix) {
    HostTensor mean = floating(file, npz, "mu" + suffix, 1);
    long width = mean.elements();
    HostTensor covariance = floating(file, npz, "sigma" + suffix, 2);
    long[] shape = covariance.shape();
    if (shape[0] != width || shape[1] != width) {
      throw new UserException(
          "%s: sigma%s is %dx%d and mu%s has %d numbers; give a file whose two belong together"
              .formatted(file, suffix, shape[0], shape[1], suffix, width));
    }
    try {
      return new Gaussian(mean.toDoubles(), covariance.toDoubles());
    } catch (UserException e) {
      throw new UserException(file + ": " + e.getMessage(), e);
    }
  }

  private static HostTensor floating(Path file, TensorFile npz, String key, int dimensions) {
    if (!npz.names().contains(key)) {
      throw new UserException(
          "%s has no %s, only %s; give statistics (mu and sigma, for sFID also mu_s and sigma_s), or images as a data source"
              .formatted(file, key, String.join(", ", npz.names())));
    }
    HostTensor tensor = npz.get(key);
    boolean isFloating = tensor.dtype() == DType.F64 || tensor.dtype() == DType.F32;
    if (!isFloating || tensor.shape().length != dimensions) {
      throw new UserException(
          "%s: %s is %s; it must be float32 or float64 of %d dimensions"
              .formatted(file, key, tensor, dimensions));
    }
    return tensor;
  }

  /**
   * Adds the sums of a part to those of others, exactly.
   *
   * @throws UserException if the file has no sums, or of other features
   */
  public static void merge(Path file, Moments features, Optional<Moments> spatial) {
    try (TensorFile npz = Npz.open(file)) {
      merge(file, npz, "", features);
      spatial.ifPresent(moments -> merge(file, npz, SPATIAL, moments));
    }
  }

  private static void merge(Path file, TensorFile npz, String suffix, Moments moments) {
    if (!npz.names().contains("products" + suffix) || !npz.names().contains("count")) {
      throw new UserException(
          file
              + " has no sums (sum"
              + suffix
              + ", products"
              + suffix
              + ", count), so it can't become a part of a larger set; save it as a part");
    }
    HostTensor sum = floating(file, npz, "sum" + suffix, 1);
    HostTensor products = floating(file, npz, "products" + suffix, 3);
    long[] shape = products.shape();
    try (NDManager scope = moments.scope()) {
      List<NDArray> sums = new ArrayList<>();
      sums.add(scope.create(sum.toDoubles(), new Shape(sum.shape())));
      for (int i = 0; i < shape[0]; i++) {
        double[] values = products.rows(i, i + 1).toDoubles();
        sums.add(scope.create(values, new Shape(shape[1], shape[2])));
      }
      moments.merge(count(file, npz), sums);
    } catch (UserException e) {
      throw new UserException(file + ": " + e.getMessage(), e);
    }
  }
}

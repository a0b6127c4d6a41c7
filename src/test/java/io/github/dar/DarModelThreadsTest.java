package io.github.dar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.Precision;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One model, many threads. */
@Timeout(300)
class DarModelThreadsTest {

  private static final Path FOLDER = Path.of("models/fashion-mnist");
  private static final int THREADS = 4;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private static DarModel load(Precision precision) {
    return DarModel.load(
        FOLDER, LoadOptions.DEFAULT.withDevice(Device.cpu()).withPrecision(precision));
  }

  /** A request, by its number: all that it gives, as a text. */
  private static String work(DarModel model, int i) {
    SampleRequest request =
        model.request(i % 10, (i + 3) % 10).withSeed(i).withGuidance(i % 2 == 0 ? "1" : "2:4");
    StringBuilder made = new StringBuilder();
    Samples samples =
        model.sample(
            request.withPreviewEvery(8 << i % 3),
            preview -> made.append(preview.tokens()).append(pixels(preview.images())));
    made.append(Arrays.deepToString(samples.codes())).append(pixels(samples.images()));
    made.append(Arrays.toString(model.encode(samples.image())));
    made.append(pixels(List.of(model.decode(samples.codes()[1], i))));
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      made.append(Arrays.toString(model.sample(manager, request).toFloatArray()));
    }
    return made.toString();
  }

  private static String pixels(List<Image> images) {
    StringBuilder text = new StringBuilder();
    for (Image image : images) {
      BufferedImage picture = (BufferedImage) image.getWrappedImage();
      int side = picture.getWidth();
      text.append(Arrays.hashCode(picture.getRGB(0, 0, side, side, null, 0, side))).append(' ');
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "AUTO"})
  void threads_giveWhatOneGivesAlone(Precision precision) throws Exception {
    int requests = 2 * THREADS;
    List<String> together = new ArrayList<>();
    List<String> alone = new ArrayList<>();
    try (DarModel model = load(precision)) { // the first calls come at once: nothing is warm yet
      List<Callable<String>> tasks = new ArrayList<>();
      for (int i = 0; i < requests; i++) {
        int number = i;
        tasks.add(() -> work(model, number));
      }
      for (Future<String> made : threads.invokeAll(tasks)) {
        together.add(made.get());
      }
      for (int i = 0; i < requests; i++) {
        alone.add(work(model, i));
      }
    }
    assertThat(together).isEqualTo(alone).doesNotHaveDuplicates();
  }

  @Test
  void close_waitsForWhatRunsAndRefusesWhatComes() throws Exception {
    DarModel model = load(Precision.FP32);
    SampleRequest request = model.request("Bag");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Future<Samples> running =
        threads.submit(
            () ->
                model.sample(
                    request,
                    preview -> {
                      begun.countDown();
                      await(goOn);
                    }));
    await(begun);
    Future<?> closing = threads.submit(model::close);
    while (!refuses(model, request)) {
      Thread.sleep(1);
    }
    assertThat(closing.isDone()).isFalse();

    goOn.countDown();
    assertThat(running.get().images()).hasSize(1);
    closing.get();
    model.close(); // again: nothing happens
    assertThatThrownBy(() -> model.decode(new long[64], 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this model is closed; load it again");
  }

  private static boolean refuses(DarModel model, SampleRequest request) {
    try {
      model.sample(request);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  @Test
  void close_whileManyRequestsRun_endsEachWholeOrRefused() throws Exception {
    DarModel model = load(Precision.FP32);
    SampleRequest request = model.request("Coat");
    List<Future<Integer>> workers = new ArrayList<>();
    CountDownLatch first = new CountDownLatch(THREADS);
    for (int i = 0; i < THREADS; i++) {
      workers.add(
          threads.submit(
              () -> {
                for (int done = 0; ; done++) {
                  try {
                    assertThat(model.sample(request).codes()[0]).hasSize(64);
                    first.countDown();
                  } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("closed");
                    return done;
                  }
                }
              }));
    }
    await(first);
    model.close();
    for (Future<Integer> worker : workers) {
      assertThat(worker.get()).isPositive();
    }
  }

  @Test
  void close_inACallback_isRefusedAndHarmsNothing() {
    try (DarModel model = load(Precision.FP32)) {
      Runnable close = model::close;
      AtomicReference<Throwable> refused = new AtomicReference<>();
      Samples samples =
          model.sample(
              model.request("Bag"),
              preview -> {
                try {
                  close.run();
                } catch (IllegalStateException e) {
                  refused.set(e);
                }
              });
      assertThat(samples.images()).hasSize(1);
      assertThat(refused.get()).hasMessageContaining("can't close its model");
      assertThat(model.sample(model.request("Bag")).images()).hasSize(1);
    }
  }

  @Test
  void callbackThatThrows_endsItsRequestAlone() throws Exception {
    try (DarModel model = load(Precision.FP32)) {
      Future<Samples> other = threads.submit(() -> model.sample(model.request("Bag")));
      assertThatThrownBy(
              () ->
                  model.sample(
                      model.request("Coat"),
                      preview -> {
                        throw new IllegalArgumentException("enough");
                      }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("enough");
      assertThat(other.get().images()).hasSize(1);
    }
  }

  @Test
  void load_inSeveralThreads_givesModelsOfTheirOwn() throws Exception {
    List<Future<long[][]>> made = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      made.add(
          threads.submit(
              () -> {
                try (DarModel model = load(Precision.FP32)) {
                  return model.sample(model.request("Bag")).codes();
                }
              }));
    }
    assertThat(made.get(0).get()).isDeepEqualTo(made.get(1).get());
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(2, TimeUnit.MINUTES)) {
        throw new AssertionError("nothing happened in two minutes");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

package io.github.dar.generate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.Precision;
import io.github.dar.config.TokenLayout;
import io.github.dar.engine.Compute;
import io.github.dar.model.FlowSchedule;
import io.github.dar.model.TokenWindows;
import io.github.dar.model.Tokenizer;
import io.github.dar.testing.Goldens;
import io.github.dar.testing.ReferenceTokenizer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Codes to images as the reference decodes them: final images, all previews, both solvers, other
 * numbers of steps.
 */
class DecodingReferenceTest {

  private static final double TOLERANCE = 1e-5;
  private static final String CROP = ", :, 32:96, 32:96";

  private static Compute compute;
  private static Tokenizer tokenizer;
  private static Goldens golden;
  private static NDManager manager;
  private static NDArray conditions;
  private static NDArray noise;

  @BeforeAll
  static void open() {
    compute = Compute.open("cpu", Precision.FP32, 2);
    tokenizer = ReferenceTokenizer.load(compute, ReferenceTokenizer.config());
    golden = Goldens.open("model/tokenizer/decode.safetensors");
    manager = compute.manager().newSubManager();
    NDArray entries = tokenizer.entries(manager, golden.array(manager, "codes"));
    conditions = tokenizer.conditions(manager, entries);
    noise = golden.array(manager, "noise");
  }

  @AfterAll
  static void close() {
    golden.close();
    compute.close();
  }

  @Test
  void schedule_matchesReference() {
    assertThat(FlowSchedule.times(8, 2)).isEqualTo(golden.get("schedule").toFloats());
    long[] begins = golden.get("window_begin").toLongs();
    TokenLayout layout = tokenizer.config().tokens();
    for (int i = 0; i < 8; i++) {
      assertThat(TokenWindows.beginSampling(layout, i / 8.0)).isEqualTo((int) begins[i]);
    }
  }

  @Test
  void adams2_finalImageAndEveryPreviewOfOneRun_matchReference() {
    Map<Integer, NDArray> previews = new HashMap<>();
    NDArray images =
        Decoding.decode(
            manager,
            tokenizer,
            conditions,
            noise,
            8,
            8,
            Denoiser.Method.ADAMS2,
            (preview, taken) -> previews.put(taken, keep(preview)));
    golden.assertClose(images.get("0:1"), "final_image0", TOLERANCE);
    golden.assertClose(images.get("1:2" + CROP), "final_image1_crop", TOLERANCE);
    for (int step = 1; step < 8; step++) {
      golden.assertClose(
          previews.get(step).get("0:1" + CROP), "clip_%02d_crop".formatted(step), TOLERANCE);
    }
    assertThat(previews.get(8).toFloatArray()).isEqualTo(images.toFloatArray());
  }

  private static NDArray keep(NDArray array) {
    NDArray copy = array.duplicate();
    copy.attach(manager);
    return copy;
  }

  @Test
  void clipSteps_isThePreview() {
    NDArray clipped = decode(8, 3, Denoiser.Method.ADAMS2);
    golden.assertClose(clipped.get("0:1" + CROP), "clip_03_crop", TOLERANCE);
  }

  @Test
  void euler_matchesReference() {
    NDArray images = decode(8, 8, Denoiser.Method.EULER);
    golden.assertClose(images.get("0:1" + CROP), "euler_crop", TOLERANCE);
  }

  @Test
  void otherNumberOfSteps_matchesReference() {
    NDArray images = decode(5, 5, Denoiser.Method.ADAMS2);
    golden.assertClose(images.get("0:1" + CROP), "steps_5_crop", TOLERANCE);
  }

  @Test
  void skippedSteps_matchReference() {
    try (Denoiser denoiser = new Denoiser(tokenizer, noise.get("0:1"), 8, Denoiser.Method.ADAMS2)) {
      denoiser.skipTo(2);
      Decoding.finish(denoiser, tokenizer, conditions.get("0:1"), 8, null);
      NDArray image = denoiser.preview(manager);
      golden.assertClose(image.get("0:1" + CROP), "skip_crop", TOLERANCE);
    }
  }

  /** The reference applies start_steps twice: its start at 2 is our start at 4. */
  @Test
  void startFromImage_matchesReferenceAtTheStepItReallyTakes() {
    try (Goldens encode = Goldens.open("model/tokenizer/encode.safetensors");
        Denoiser denoiser = new Denoiser(tokenizer, noise.get("0:1"), 8, Denoiser.Method.ADAMS2)) {
      denoiser.startAt(encode.array(manager, "image").get("1:2"), 4);
      Decoding.finish(denoiser, tokenizer, conditions.get("0:1"), 8, null);
      NDArray image = denoiser.preview(manager);
      golden.assertClose(image.get("0:1" + CROP), "start_crop", TOLERANCE);
    }
  }

  private static NDArray decode(int steps, int clip, Denoiser.Method method) {
    return Decoding.decode(
        manager, tokenizer, conditions.get("0:1"), noise.get("0:1"), steps, clip, method, null);
  }
}

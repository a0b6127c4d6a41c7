package io.github.dar.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.dar.config.LossWeights;
import io.github.dar.config.RunConfig;
import io.github.dar.config.TokenizerConfig;
import io.github.dar.config.TokenizerTrainingConfig;
import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.engine.Purpose;
import io.github.dar.engine.RandomStream;
import io.github.dar.features.DinoV2;
import io.github.dar.features.FeatureFiles;
import io.github.dar.features.Lpips;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The networks that judge a tokenizer's estimates while it is trained (method section 11): VGG16
 * under LPIPS, DINOv2, the discriminator. Only those whose loss has a weight are there.
 */
final class Judges implements AutoCloseable {

  private final LossWeights losses;
  private final long seed;
  private final Optional<Lpips> lpips;
  private final Optional<DinoV2> dino;
  private final Optional<Adversary> adversary;

  private Judges(
      TokenizerTrainingConfig config,
      Optional<Lpips> lpips,
      Optional<DinoV2> dino,
      Optional<Adversary> adversary) {
    this.losses = config.losses();
    this.seed = config.training().seed();
    this.lpips = lpips;
    this.dino = dino;
    this.adversary = adversary;
  }

  /**
   * Refuses a configuration whose losses can't be computed, before anything else is done.
   *
   * @throws UserException if a file is missing, saying how to get it or which key does without
   */
  static void check(RunConfig config, FeatureFiles files) {
    TokenizerConfig model = config.model().requireTokenizer("train-tokenizer");
    LossWeights losses = config.requireTokenizerTraining("train-tokenizer").losses();
    if (losses.lpips() != 0) {
      require(files, "vgg16", "lpips");
    }
    if (losses.repa() > 0) {
      int layer = model.diffDecoder().repaLayer();
      int depth = model.diffDecoder().depth();
      if (layer >= depth) {
        throw new UserException(
            "losses.repa looks at the tokens before block %d, but the decoder has %d: set tokenizer.diff_decoder.repa_layer below %d, or losses.repa: 0"
                .formatted(layer, depth, depth));
      }
      require(files, "dinov2", "repa");
    }
    config
        .requireTokenizerTraining("train-tokenizer")
        .discriminator()
        .filter(discriminator -> losses.gan() > 0)
        .ifPresent(discriminator -> discriminator.patches(config.model().imageSize()));
  }

  private static void require(FeatureFiles files, String name, String key) {
    try {
      files.require(name);
    } catch (UserException e) {
      throw new UserException(e.getMessage() + "; losses." + key + ": 0 trains without it", e);
    }
  }

  /** Loads what the losses need. */
  static Judges load(Compute compute, RunConfig config, FeatureFiles files) {
    check(config, files);
    TokenizerTrainingConfig training = config.requireTokenizerTraining("train-tokenizer");
    LossWeights losses = training.losses();
    return new Judges(
        training,
        losses.lpips() != 0 ? Optional.of(files.lpips(compute)) : Optional.empty(),
        losses.repa() > 0 ? Optional.of(files.dinoV2(compute)) : Optional.empty(),
        training
            .discriminator()
            .filter(discriminator -> losses.gan() > 0)
            .map(discriminator -> new Adversary(compute, discriminator, training.training())));
  }

  /** The discriminator, from the step on at which it plays. */
  Optional<Adversary> adversary(long step) {
    return adversary.filter(a -> a.plays(step));
  }

  /** The discriminator, also before it plays. */
  Optional<Adversary> adversary() {
    return adversary;
  }

  /** The weights of the losses at a step: without the discriminator's before it plays. */
  LossWeights losses(long step) {
    return adversary(step).isPresent() ? losses : losses.withoutGan();
  }

  /**
   * What the training kernel needs of them: {@link io.github.dar.model.Tokenizer#gradients}.
   *
   * @param images {@code [B, 3, H, W]} in [-1, 1]
   * @param position of the first image in the run: its dropout is drawn from it
   */
  Map<String, NDArray> inputs(NDManager scope, NDArray images, long position, long step) {
    Map<String, NDArray> out = new LinkedHashMap<>();
    lpips.ifPresent(
        network -> {
          out.putAll(network.weights());
          int count = losses.lpipsDropout() > 0 ? (int) images.getShape().get(0) : 0;
          long[] seeds = new long[count];
          for (int i = 0; i < count; i++) {
            seeds[i] = RandomStream.of(seed, Purpose.DROPOUT, position + i).nextLong();
          }
          out.put("seeds", scope.create(seeds));
        });
    dino.ifPresent(network -> out.put("repa_features", network.features(scope, images)));
    adversary(step).ifPresent(a -> out.putAll(a.weights()));
    return out;
  }

  /**
   * The losses of a step by name, those that have a weight.
   *
   * @param values as {@link io.github.dar.model.Tokenizer#gradients} gives them, then what {@link
   *     Adversary#gradients} says
   */
  Map<String, Double> named(long step, float[] values) {
    Map<String, Double> named = new LinkedHashMap<>();
    named.put("loss", (double) values[0]);
    named.put("loss_codebook", (double) values[1]);
    named.put("loss_commitment", (double) values[2]);
    named.put("loss_entropy", (double) values[3]);
    named.put("loss_flow", (double) values[4]);
    if (losses.lpips() != 0) {
      named.put("loss_lpips", (double) values[5]);
    }
    if (losses.repa() > 0) {
      named.put("loss_repa", (double) values[6]);
    }
    if (adversary(step).isPresent()) {
      named.put("loss_gan", (double) values[7]);
      named.put("loss_discriminator", (double) values[8]);
      named.put("logits_real", (double) values[9]);
      named.put("logits_estimate", (double) values[10]);
    }
    return named;
  }

  @Override
  public void close() {
    lpips.ifPresent(Lpips::close);
    dino.ifPresent(DinoV2::close);
    adversary.ifPresent(Adversary::close);
  }
}

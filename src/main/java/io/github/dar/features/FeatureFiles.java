package io.github.dar.features;

import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.fetch.Sha256;
import io.github.dar.fetch.WeightsFolder;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.SafeTensors;
import io.github.dar.weights.TensorFile;
import io.github.dar.weights.TorchCheckpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The files of the frozen networks: found in the folder of published weights, as published or as
 * safetensors, checked strictly, loaded.
 */
public final class FeatureFiles {

  /** Ships with dar: five small tensors (BSD-2-Clause, see the licence beside it). */
  private static final String LPIPS_HEAD = "/io/github/dar/features/lpips_vgg_lins.safetensors";

  /** The reference's file of the same tensors. */
  private static final String LPIPS_FILE = "vgg.pth";

  private final WeightsFolder folder;

  /**
   * @param folder where the files lie
   */
  public FeatureFiles(WeightsFolder folder) {
    this.folder = folder;
  }

  /**
   * Loads LPIPS: VGG16's features, and the head that ships with dar or lies in the folder as {@code
   * vgg.pth}.
   *
   * @throws UserException if VGG16 is missing, or a file holds something else
   */
  public Lpips lpips(Compute compute) {
    return load(
        "vgg16",
        PublishedNetwork.VGG16,
        (path, vgg16) -> {
          Map<String, HostTensor> tensors = new LinkedHashMap<>(vgg16);
          Path own = folder.path().resolve(LPIPS_FILE);
          if (!Files.exists(own)) {
            tensors.putAll(shippedHead());
            return new Lpips(compute, FrozenWeights.of(compute, tensors));
          }
          try (TorchCheckpoint file = TorchCheckpoint.open(own)) {
            tensors.putAll(
                PublishedNetwork.LPIPS_HEAD.select(
                    own.toString(), file.stateDict(), "remove it: dar has a head of its own"));
            return new Lpips(compute, FrozenWeights.of(compute, tensors));
          }
        });
  }

  /**
   * Loads DINOv2 ViT-B/14.
   *
   * @throws UserException if its file is missing or holds something else
   */
  public DinoV2 dinoV2(Compute compute) {
    return load(
        "dinov2",
        PublishedNetwork.DINOV2,
        (path, tensors) -> new DinoV2(compute, FrozenWeights.of(compute, tensors)));
  }

  /**
   * Loads FID's Inception-v3.
   *
   * @param protocol how images are brought to it
   * @throws UserException if its file is missing or holds something else
   */
  public Inception inception(Compute compute, Protocol protocol) {
    return load(
        "inception",
        PublishedNetwork.INCEPTION,
        (path, tensors) ->
            new Inception(compute, path.toString(), tensors, protocol, sha256(path)));
  }

  /**
   * Loads a network as a TorchScript file: see {@link TorchScriptFeatures}, also for why only a
   * file that the user has named may be loaded.
   *
   * @param protocol how images are brought to it
   * @throws UserException if it isn't such a file, doesn't answer as NVIDIA's does, or doesn't know
   *     the protocol
   */
  public static TorchScriptFeatures torchScript(Compute compute, Path file, Protocol protocol) {
    return TorchScriptFeatures.open(compute, file, protocol);
  }

  /**
   * Refuses missing files, before anything is computed; what they hold is checked when they are
   * loaded.
   *
   * @param names as {@code dar fetch} calls them
   */
  public void require(String... names) {
    for (String name : names) {
      folder.require(name);
    }
  }

  /**
   * Returns the SHA-256 of a file that lies in the folder, in hexadecimal digits.
   *
   * @param name as {@code dar fetch} calls it
   */
  public String hash(String name) {
    return sha256(folder.require(name));
  }

  private <T> T load(
      String name, PublishedNetwork network, BiFunction<Path, Map<String, HostTensor>, T> use) {
    Path path = folder.require(name);
    String mend =
        "they are not those of %s: move the file away and run 'dar fetch %s'".formatted(name, name);
    if (path.toString().endsWith(".safetensors")) {
      try (TensorFile file = SafeTensors.open(path)) {
        return use.apply(path, network.select(path.toString(), file.tensors(), mend));
      }
    }
    try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
      return use.apply(path, network.select(path.toString(), file.stateDict(), mend));
    }
  }

  /** The SHA-256 of a file, in hexadecimal digits. */
  static String sha256(Path path) {
    try {
      return Sha256.of(path);
    } catch (IOException e) {
      throw new UserException(path + ": can't be read (" + e.getMessage() + ")", e);
    }
  }

  /** The head of LPIPS that ships with dar. */
  static Map<String, HostTensor> shippedHead() {
    try (InputStream in = FeatureFiles.class.getResourceAsStream(LPIPS_HEAD)) {
      return PublishedNetwork.LPIPS_HEAD.select(
          LPIPS_HEAD, SafeTensors.parse(Path.of(LPIPS_HEAD), in.readAllBytes()), "build dar again");
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not reached: the file ships with the program
    }
  }
}

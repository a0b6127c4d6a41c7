package io.github.dar.cli;

import io.github.dar.config.UserException;
import io.github.dar.engine.Compute;
import io.github.dar.features.Bundled;
import io.github.dar.features.FeatureExtractor;
import io.github.dar.features.FeatureFiles;
import io.github.dar.features.Protocol;
import io.github.dar.fetch.WeightsFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which network looks at images that are measured, and how they reach it. */
final class FeatureOptions {

  private static final String INCEPTION = "inception";
  private static final String BUNDLED = "bundled";

  @Option(
      names = "--features",
      paramLabel = "NAME",
      defaultValue = INCEPTION,
      completionCandidates = Candidates.Features.class,
      description =
          "The network: inception (FID's; 'dar fetch inception'), bundled (small, ships with dar; its distances are called FD-bundled and compare with no FID), or a TorchScript FILE.pt that you trust. Default: ${DEFAULT-VALUE}.")
  private String features;

  @Option(
      names = "--protocol",
      paramLabel = "PROTOCOL",
      completionCandidates = Candidates.Protocols.class,
      description =
          "How images come to Inception's size: adm (as in TensorFlow, what papers on ImageNet use), pytorch-fid or clean-fid. Default: adm.")
  private String protocol;

  @Option(
      names = "--weights-dir",
      paramLabel = "DIR",
      description =
          "Where the weights of published networks lie. Default: DAR_WEIGHTS, else the cache of 'dar fetch'.")
  private Path weightsDir;

  /** The folder of published weights. */
  FeatureFiles files(Console console) {
    return new FeatureFiles(WeightsFolder.of(Optional.ofNullable(weightsDir), console.env()));
  }

  /** Whether the network is the one that ships, whose way with images is its own. */
  private boolean isBundled() {
    return features.equals(BUNDLED);
  }

  /** Refuses what can't be opened, before anything is computed. */
  void require(Console console) {
    if (isBundled() && protocol != null) {
      throw new UserException(
          "--protocol " + protocol + " is for Inception; leave it out with --features bundled");
    }
    protocol();
    if (features.equals(INCEPTION)) {
      try {
        files(console).require(INCEPTION);
      } catch (UserException e) {
        throw new UserException(
            e.getMessage() + "; without it, --features bundled measures another distance", e);
      }
    } else if (!isBundled() && !Files.isRegularFile(Path.of(features))) {
      throw new UserException(
          "--features "
              + features
              + ": no such file; use inception, bundled or a TorchScript file");
    }
  }

  private Protocol protocol() {
    return protocol == null ? Protocol.ADM : Protocol.parse(protocol);
  }

  /** Loads the network. */
  FeatureExtractor open(Console console, Compute compute) {
    if (isBundled()) {
      return Bundled.shipped(compute);
    }
    return features.equals(INCEPTION)
        ? files(console).inception(compute, protocol())
        : FeatureFiles.torchScript(compute, Path.of(features), protocol());
  }
}

package io.github.dar.cli;

import io.github.dar.bench.BenchPlan;
import io.github.dar.fetch.PublishedWeights;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/** Values that a shell offers where an option or argument takes one of a few words. */
abstract class Candidates implements Iterable<String> {

  // Asked for when a completion is made; every other start must not pay for it.
  private final Supplier<List<String>> values;

  private Candidates(Supplier<List<String>> values) {
    this.values = values;
  }

  private Candidates(String... values) {
    this(() -> List.of(values));
  }

  @Override
  public final Iterator<String> iterator() {
    return values.get().iterator();
  }

  /** Of --device. */
  static final class Devices extends Candidates {
    Devices() {
      super("auto", "cpu", "cuda");
    }
  }

  /** Of --precision. */
  static final class Precisions extends Candidates {
    Precisions() {
      super("auto", "fp32", "bf16", "int8");
    }
  }

  /** Of --sampler. */
  static final class Samplers extends Candidates {
    Samplers() {
      super("adams2", "euler");
    }
  }

  /** Of --fit. */
  static final class Fits extends Candidates {
    Fits() {
      super("auto", "crop", "pad");
    }
  }

  /** Of --crops. */
  static final class Crops extends Candidates {
    Crops() {
      super("one", "ten");
    }
  }

  /** Of --features. */
  static final class Features extends Candidates {
    Features() {
      super("inception", "bundled");
    }
  }

  /** Of --protocol. */
  static final class Protocols extends Candidates {
    Protocols() {
      super("adm", "pytorch-fid", "clean-fid");
    }
  }

  /** Of dar fetch. */
  static final class Weights extends Candidates {
    Weights() {
      super(() -> PublishedWeights.all().stream().map(PublishedWeights::name).toList());
    }
  }

  /** Of --size. */
  static final class Sizes extends Candidates {
    Sizes() {
      super("B", "L", "XL", "XXL");
    }
  }

  /** Of dar bench --only. */
  static final class Benches extends Candidates {
    Benches() {
      super(() -> BenchPlan.GROUPS);
    }
  }

  /** Of dar completion. */
  static final class Shells extends Candidates {
    Shells() {
      super("bash", "zsh");
    }
  }
}

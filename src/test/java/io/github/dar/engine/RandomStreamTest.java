package io.github.dar.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomStreamTest {

  @Test
  void philox_matchesThePublishedVectors() {
    // kat_vectors of Random123, "philox4x32 10".
    assertThat(philox(0, 0, 0, 0, 0, 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(philox(-1, -1, -1, -1, -1, -1))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  @Test
  void words_areThoseOfTheCounter() {
    RandomStream stream = RandomStream.of(0x299f31d0a4093822L, Purpose.SHAPES, -2);
    int[] second = philox(1, Purpose.SHAPES.id(), -2, -1, 0xa4093822, 0x299f31d0);
    for (int i = 0; i < Philox.WORDS; i++) {
      stream.nextInt();
    }
    for (int word : second) {
      assertThat(stream.nextInt()).isEqualTo(word);
    }
  }

  @Test
  void purposeIds_differ() {
    Set<Integer> ids = new HashSet<>();
    for (Purpose purpose : Purpose.values()) {
      assertThat(ids.add(purpose.id())).as(purpose.name()).isTrue();
    }
  }

  @Test
  void of_sameArguments_sameNumbers_otherArguments_otherNumbers() {
    Set<Long> firsts = new HashSet<>();
    int streams = 0;
    for (long seed : new long[] {0, 1, -1, 1L << 32}) {
      for (Purpose purpose : Purpose.values()) {
        for (long index : new long[] {0, 1, 2, 1L << 32, -1}) {
          RandomStream stream = RandomStream.of(seed, purpose, index);
          RandomStream again = RandomStream.of(seed, purpose, index);
          long first = Integer.toUnsignedLong(stream.nextInt()) << 32 | stream.nextInt();
          assertThat(Integer.toUnsignedLong(again.nextInt()) << 32 | again.nextInt())
              .isEqualTo(first);
          firsts.add(first);
          streams++;
        }
      }
    }
    assertThat(firsts).hasSize(streams);
  }

  @Test
  void neighbouringStreams_areUncorrelated() {
    float[] a = new float[100_000];
    float[] b = new float[a.length];
    RandomStream.of(5, Purpose.NOISE, 0).gaussians(a, 0, a.length);
    for (RandomStream other :
        new RandomStream[] {
          RandomStream.of(5, Purpose.NOISE, 1),
          RandomStream.of(5, Purpose.TIME, 0),
          RandomStream.of(6, Purpose.NOISE, 0)
        }) {
      other.gaussians(b, 0, b.length);
      double dot = 0;
      for (int i = 0; i < a.length; i++) {
        dot += (double) a[i] * b[i];
      }
      assertThat(dot / a.length).isCloseTo(0, within(5 / Math.sqrt(a.length)));
    }
  }

  @Test
  void nextInt_bound_isUniform() {
    RandomStream stream = RandomStream.of(1, Purpose.TOKEN, 0);
    int[] counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[stream.nextInt(counts.length)]++;
    }
    for (int count : counts) {
      assertThat(count).isCloseTo(10_000, within(500));
    }
    // Three quarters of all ints is where a biased method gives the lower third twice the share.
    int bound = 3 << 29;
    int low = 0;
    for (int i = 0; i < 30_000; i++) {
      low += stream.nextInt(bound) < bound / 3 ? 1 : 0;
    }
    assertThat(low).isCloseTo(10_000, within(500));
    assertThat(stream.nextInt(1)).isZero();
    assertThatThrownBy(() -> stream.nextInt(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void floatsAndDoubles_areUniformInTheUnitInterval() {
    RandomStream stream = RandomStream.of(2, Purpose.TIME, 3);
    double sum = 0;
    double squares = 0;
    int n = 200_000;
    for (int i = 0; i < n; i++) {
      double u = i % 2 == 0 ? stream.nextFloat() : stream.nextDouble();
      assertThat(u >= 0 && u < 1).isTrue();
      sum += u;
      squares += u * u;
    }
    assertThat(sum / n).isCloseTo(1 / 2., within(0.003));
    assertThat(squares / n).isCloseTo(1 / 3., within(0.003));
  }

  @Test
  void uniforms_areTheFloats() {
    float[] values = new float[12];
    RandomStream.of(2, Purpose.TIME, 3).uniforms(values, 2, 9);
    RandomStream stream = RandomStream.of(2, Purpose.TIME, 3);
    for (int i = 2; i < 11; i++) {
      assertThat(values[i]).isEqualTo(stream.nextFloat());
    }
    assertThat(values[0] + values[1] + values[11]).isZero();
  }

  @Test
  void gaussians_areBoxMullerOfTheWords() {
    RandomStream words = RandomStream.of(9, Purpose.NOISE, 4);
    RandomStream stream = RandomStream.of(9, Purpose.NOISE, 4);
    for (int i = 0; i < 100_000; i++) {
      double u = (Integer.toUnsignedLong(words.nextInt()) + 0.5) / 0x1p32;
      double angle = 2 * Math.PI * words.nextInt() / 0x1p32;
      double radius = StrictMath.sqrt(-2 * StrictMath.log(u));
      assertThat(stream.nextGaussian()).isCloseTo(radius * StrictMath.cos(angle), within(1e-10));
      assertThat(stream.nextGaussian()).isCloseTo(radius * StrictMath.sin(angle), within(1e-10));
    }
  }

  @Test
  void gaussians_haveTheMomentsAndTailsOfTheNormal() {
    float[] values = new float[1_000_001];
    RandomStream.of(3, Purpose.IMAGE_NOISE, 0).gaussians(values, 0, values.length);
    double[] moments = new double[5];
    int beyondTwo = 0;
    for (float value : values) {
      for (int power = 1; power < moments.length; power++) {
        moments[power] += Math.pow(value, power) / values.length;
      }
      beyondTwo += Math.abs(value) > 2 ? 1 : 0;
    }
    assertThat(moments[1]).isCloseTo(0, within(0.005));
    assertThat(moments[2]).isCloseTo(1, within(0.01));
    assertThat(moments[3]).isCloseTo(0, within(0.02));
    assertThat(moments[4]).isCloseTo(3, within(0.05));
    assertThat(beyondTwo / (double) values.length).isCloseTo(0.0455, within(0.001));
  }

  @Test
  void gaussians_inPieces_areThoseInOneGo() {
    float[] whole = new float[101];
    float[] pieces = new float[101];
    RandomStream.of(4, Purpose.NOISE, 7).gaussians(whole, 0, 101);
    RandomStream stream = RandomStream.of(4, Purpose.NOISE, 7);
    stream.gaussians(pieces, 0, 33);
    pieces[33] = (float) stream.nextGaussian();
    stream.gaussians(pieces, 34, 67);
    assertThat(pieces).isEqualTo(whole);
  }

  /** The numbers that a seed stands for are for ever: a change here breaks every resumed run. */
  @Test
  void values_areFrozen() {
    float[] normal = new float[4];
    RandomStream.of(0, Purpose.IMAGE_NOISE, 0).gaussians(normal, 0, 4);
    assertThat(Arrays.toString(normal))
        .isEqualTo("[-0.07264571, 0.6053279, 1.2876042, 0.67722964]");
    assertThat(RandomStream.of(0, Purpose.DATA_ORDER, 0).permutation(8))
        .containsExactly(1, 5, 3, 4, 2, 7, 0, 6);
  }

  @Test
  void permutation_holdsEachNumberOnce_allOrdersEquallyLikely() {
    RandomStream stream = RandomStream.of(0, Purpose.DATA_ORDER, 1);
    int[] order = stream.permutation(1000);
    assertThat(Arrays.stream(order).sorted().toArray())
        .isEqualTo(IntStream.range(0, 1000).toArray());
    int[] counts = new int[27];
    for (int i = 0; i < 60_000; i++) {
      int[] three = stream.permutation(3);
      counts[three[0] * 9 + three[1] * 3 + three[2]]++;
    }
    assertThat(Arrays.stream(counts).filter(count -> count > 0).count()).isEqualTo(6);
    assertThat(Arrays.stream(counts).filter(count -> count > 0).min().orElseThrow())
        .isGreaterThan(9_500);
  }

  private static int[] philox(int c0, int c1, int c2, int c3, int k0, int k1) {
    int[] out = new int[Philox.WORDS];
    Philox.block(c0, c1, c2, c3, k0, k1, out);
    return out;
  }
}

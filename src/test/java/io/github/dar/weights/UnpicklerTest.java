package io.github.dar.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pickles written by hand, one character a byte: what newer PyTorch and Python versions write, and
 * what only an attacker would.
 */
class UnpicklerTest {

  @Test
  void load_plainValuesOfProtocol4_keepTheirTypes() throws PickleException {
    String pickle =
        "\u0080\4\u0095\0\0\0\0\0\0\0\0}\u0094("
            + text4("none")
            + "N"
            + text4("big")
            + "\u008a\u0009\0\0\0\0\0\0\0\0\1"
            + text4("negative")
            + "\u008a\1\u00ff"
            + text4("zero")
            + "\u008a\0"
            + text4("bytes")
            + "C\3a\0\u00ff"
            + text4("set")
            + "\u008f(K\1K\2\u0090"
            + text4("frozen")
            + "(K\3\u0091"
            + text4("tuple")
            + "K\1\u0088\u0089\u0087"
            + text4("dtype")
            + text4("torch")
            + text4("bfloat16")
            + "\u0093"
            + text4("text")
            + "X\3\0\0\0\u00e2\u009c\u0093"
            + "u.";
    Map<?, ?> map = (Map<?, ?>) load(pickle);
    assertThat(map.containsKey("none")).isTrue();
    assertThat(map.get("none")).isNull();
    assertThat(map.get("big")).isEqualTo(BigInteger.ONE.shiftLeft(64));
    assertThat(map.get("negative")).isEqualTo(-1L);
    assertThat(map.get("zero")).isEqualTo(0L);
    assertThat(map.get("bytes")).isEqualTo(new byte[] {'a', 0, -1});
    assertThat(map.get("set")).isEqualTo(Set.of(1L, 2L));
    assertThat(map.get("frozen")).isEqualTo(Set.of(3L));
    assertThat(map.get("tuple")).isEqualTo(List.of(1L, true, false));
    assertThat(map.get("dtype")).isEqualTo(DType.BF16);
    assertThat(map.get("text")).isEqualTo("✓");
  }

  @Test
  void load_whatProtocol2SpellsOut_isRead() throws PickleException {
    assertThat(
            load(
                "c_codecs\nencode\n"
                    + Pickles.text("a\u00c3\u00bf")
                    + Pickles.text("latin1")
                    + "\u0086R."))
        .isEqualTo(new byte[] {'a', -1});
    assertThat(load("c__builtin__\nset\n](K\1K\2e\u0085R.")).isEqualTo(Set.of(1L, 2L));
    assertThat(load("c__builtin__\nbytes\n)R.")).isEqualTo(new byte[0]);
    assertThat(load("ctorch\nSize\n(K\1K\2t\u0085R.")).isEqualTo(List.of(1L, 2L));
    assertThat(load(Pickles.ORDERED_DICT + "]]" + "(" + Pickles.text("a") + "K\1ea\u0085R."))
        .isEqualTo(Map.of("a", 1L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cos\nsystem\n",
        "cbuiltins\ngetattr\n",
        "ccollections\nCounter\n",
        "cnumpy.core.multiarray\nscalar\n",
        "ctorch.nn.modules.linear\nLinear\n",
        "ctorch.storage\n_load_from_bytes\n",
        "cconfig_util\nother\n",
        "iharmless\nThing\n",
        "\u008c\6plain.\u008c\4Data\u0093"
      })
  void load_anyOtherName_isRefusedByName(String opcodes) {
    String name =
        opcodes.startsWith("\u008c")
            ? "plain..Data"
            : opcodes.substring(1).strip().replace("\n", ".");
    assertThatExceptionOfType(PickleException.class)
        .isThrownBy(() -> load(opcodes + ")R."))
        .withMessageContaining("it names " + name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "N",
        ".",
        "0.",
        "K\1\u0085",
        "t.",
        "(.",
        "h\0.",
        "j\0\0\0\1.",
        "\u0082\1.",
        "\u0083\1\1.",
        "\u0084\1\1\1\1.",
        "(o.",
        "P1\n.",
        "I1\n.",
        "p0\n.",
        "l.",
        "\u0092.",
        "\u0097.",
        "\u0098.",
        "\u00ff.",
        "\u0080\1N.",
        "\u0080\6N.",
        "X\u00ff\u00ff\u00ff\u00ff.",
        "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.",
        "\u008d\0\0\0\0\0\0\0\u0080.",
        "\u008b\u00ff\u00ff\u00ff\u007f.",
        "X\1\0\0\0\u00ff.",
        "NN\u0086R.",
        "N)R.",
        "}]Ns.",
        "}}Ns.",
        "](K\1u.",
        "}(K\1u.",
        "]](K\1u.",
        ")Na.",
        "}Na.",
        "N(K\1e.",
        "\u008f(]\u0090.",
        "(]\u0091.",
        "]}b.",
        "}Nb.",
        "K\1}b.",
        "NQ.",
        ")Q.",
        "cargparse\nNamespace\n)R.",
        "cargparse\nNamespace\nK\1\u0085\u0081.",
        "cargparse\nNamespace\n.",
        "ctorch\nFloatStorage\n.",
        "ctorch\nSize\n.",
        "cconfig_util\nConfig\n)\u0081.",
        "c_codecs\nencode\n)R.",
        "ctorch\nSize\nN\u0085R.",
        "c\u0001",
        "cos",
        "NN\u0093.",
        "ccollections\nOrderedDict\nK\1\u0085R.",
        "}(K\1NX\1\0\0\0001Nu."
      })
  void load_brokenOrHostilePickle_isRefused(String pickle) {
    assertThatExceptionOfType(PickleException.class).isThrownBy(() -> load(pickle));
  }

  @Test
  void load_listWithinItself_isRefused() {
    assertThatThrownBy(() -> load("]q\0h\0a."))
        .isInstanceOf(PickleException.class)
        .hasMessageContaining("without end");
    assertThatThrownBy(() -> load("}q\0K\1h\0s.")).isInstanceOf(PickleException.class);
    // Printing or hashing it where a storage, key or shape belongs would not end either.
    for (String misuse : List.of("h\0Q.", "}h\0Ns.", "h\0\u0085R.", "h\0h\0\u0093.")) {
      assertThatThrownBy(() -> load("]q\0]q\1h\0ah\1ah\1a" + misuse))
          .isInstanceOf(PickleException.class);
    }
  }

  @Test
  void load_treeThatExplodes_isRefused() {
    StringBuilder pickle = new StringBuilder("]q\0");
    for (int i = 0; i < 60; i++) {
      pickle.append("(h\0h\0tq\0");
    }
    assertThatThrownBy(() -> load(pickle + "."))
        .isInstanceOf(PickleException.class)
        .hasMessageContaining("without end");
    assertThatThrownBy(() -> load(pickle + "}h\0Ns."))
        .isInstanceOf(PickleException.class)
        .hasMessageContaining("keys that are not plain");
  }

  @Test
  void load_nestedTooDeep_isRefused() {
    assertThatThrownBy(() -> load(")" + "\u0085".repeat(100_000) + "."))
        .isInstanceOf(PickleException.class);
  }

  @Test
  void load_stepsWithoutEnd_isRefused() {
    assertThatThrownBy(() -> load("N0".repeat(6_000_000) + "N."))
        .isInstanceOf(PickleException.class)
        .hasMessageContaining("steps");
  }

  @Test
  void load_namesWithControlCharacters_areShownHarmlessly() {
    assertThatThrownBy(() -> load("ca\u001b[2J\n" + "x".repeat(5000) + "\n)R."))
        .hasMessageNotContaining("\u001b")
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(500));
  }

  private static Object load(String opcodes) throws PickleException {
    byte[] bytes = opcodes.getBytes(StandardCharsets.ISO_8859_1);
    Object root = new Unpickler(ByteBuffer.wrap(bytes)).load();
    return PickleTree.of(root, storage -> new MemoryBytes(ByteBuffer.allocate(0)));
  }

  private static String text4(String ascii) {
    return "\u008c" + (char) ascii.length() + ascii + "\u0094";
  }
}

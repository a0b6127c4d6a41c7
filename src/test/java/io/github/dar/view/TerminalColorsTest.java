package io.github.dar.view;

import static io.github.dar.view.TerminalColors.ANSI256;
import static io.github.dar.view.TerminalColors.NONE;
import static io.github.dar.view.TerminalColors.TRUECOLOR;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalColorsTest {

  @Test
  void detect_terminals_asTheySayOfThemselves() {
    assertThat(on(Map.of("TERM", "xterm-256color"))).isEqualTo(ANSI256);
    assertThat(on(Map.of("TERM", "screen"))).isEqualTo(ANSI256);
    assertThat(on(Map.of("TERM", "xterm-256color", "COLORTERM", "truecolor"))).isEqualTo(TRUECOLOR);
    assertThat(on(Map.of("TERM", "xterm", "COLORTERM", "24bit"))).isEqualTo(TRUECOLOR);
    assertThat(on(Map.of("TERM", "xterm-kitty"))).isEqualTo(TRUECOLOR);
    assertThat(on(Map.of("TERM", "xterm-direct"))).isEqualTo(TRUECOLOR);
    assertThat(on(Map.of("WT_SESSION", "8f4e"))).isEqualTo(TRUECOLOR);
    assertThat(on(Map.of("ConEmuANSI", "ON"))).isEqualTo(TRUECOLOR);
    assertThat(on(Map.of("TERM", "vt100"))).isEqualTo(NONE);
    assertThat(on(Map.of())).isEqualTo(NONE);
  }

  @Test
  void detect_whereColoursAreUnwanted_none() {
    Map<String, String> good = Map.of("TERM", "xterm", "COLORTERM", "truecolor");
    assertThat(TerminalColors.detect(good, false)).isEqualTo(NONE);
    assertThat(on(Map.of("COLORTERM", "truecolor", "NO_COLOR", "1"))).isEqualTo(NONE);
    assertThat(on(Map.of("COLORTERM", "truecolor", "CI", "true"))).isEqualTo(NONE);
    assertThat(on(Map.of("COLORTERM", "truecolor", "TERM", "dumb"))).isEqualTo(NONE);
    // An empty NO_COLOR counts as absent, by its convention.
    assertThat(on(Map.of("COLORTERM", "truecolor", "NO_COLOR", ""))).isEqualTo(TRUECOLOR);
  }

  private static TerminalColors on(Map<String, String> env) {
    return TerminalColors.detect(env, true);
  }
}

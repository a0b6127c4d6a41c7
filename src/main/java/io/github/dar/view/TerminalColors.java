package io.github.dar.view;

import java.util.Locale;
import java.util.Map;

/** How many colours a terminal shows. */
public enum TerminalColors {
  /** None: not a terminal, or one that should not be coloured. */
  NONE,
  /** The 256 colours of xterm. */
  ANSI256,
  /** 24 bits. */
  TRUECOLOR;

  /**
   * What the environment says. A log of a CI job counts as no terminal: it keeps what was meant to
   * be overwritten.
   *
   * @param env the environment variables
   * @param isTty whether what is written reaches a terminal
   */
  public static TerminalColors detect(Map<String, String> env, boolean isTty) {
    String term = lower(env, "TERM");
    if (!isTty || isSet(env, "NO_COLOR") || isSet(env, "CI") || term.equals("dumb")) {
      return NONE;
    }
    String colorTerm = lower(env, "COLORTERM");
    if (colorTerm.equals("truecolor") || colorTerm.equals("24bit")) {
      return TRUECOLOR;
    }
    // Windows Terminal and ConEmu set no TERM.
    if (isSet(env, "WT_SESSION") || lower(env, "ConEmuANSI").equals("on")) {
      return TRUECOLOR;
    }
    if (term.endsWith("-direct") || term.matches("(xterm-)?(kitty|ghostty)|alacritty|foot.*")) {
      return TRUECOLOR;
    }
    return term.matches(".*256color|(xterm|screen|tmux|rxvt|linux).*") ? ANSI256 : NONE;
  }

  private static boolean isSet(Map<String, String> env, String name) {
    return !env.getOrDefault(name, "").isEmpty();
  }

  private static String lower(Map<String, String> env, String name) {
    return env.getOrDefault(name, "").toLowerCase(Locale.ROOT);
  }
}

package io.github.dar.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of a command, from what picocli knows of it: roff with the macros of man(7),
 * which groff and mandoc read.
 */
final class ManPage {

  private final CommandSpec spec;
  private final StringBuilder roff = new StringBuilder();

  ManPage(CommandSpec spec) {
    this.spec = spec;
  }

  /** The name of the page: dar, or dar-sample. */
  String name() {
    return spec.qualifiedName("-");
  }

  /** The whole page. */
  String text() {
    roff.setLength(0);
    String version = VersionInfo.byName().get("dar");
    macro(
        "TH "
            + quoted(name().toUpperCase(Locale.ROOT))
            + " 1 \"\" "
            + quoted("dar " + version)
            + " \"Manual of dar\"");
    section("NAME");
    String purpose = purpose(spec);
    String lower = purpose.substring(0, 1).toLowerCase(Locale.ROOT) + purpose.substring(1);
    roff.append(escaped(name())).append(" \\- ").append(escaped(lower)).append('\n');
    synopsis();
    section("DESCRIPTION");
    paragraphs(spec.usageMessage().description());
    commands();
    arguments();
    options();
    notes();
    exitStatus();
    seeAlso();
    return roff.toString();
  }

  /** The first sentence that describes a command, as a part of a list. */
  private static String purpose(CommandSpec spec) {
    String first = String.join(" ", spec.usageMessage().description());
    return first.replaceAll("(?s)\\.(\\s.*)?$", "");
  }

  private void synopsis() {
    section("SYNOPSIS");
    String[] custom = spec.usageMessage().customSynopsis();
    String[] forms =
        custom.length > 0 ? custom : new String[] {spec.commandLine().getHelp().synopsis(0)};
    for (String form : forms) {
      String text = form.strip().replaceAll("\\s+", " ");
      String command = spec.qualifiedName();
      macro("HP");
      roff.append("\\fB").append(escaped(command)).append("\\fR");
      roff.append(escaped(text.substring(command.length()))).append('\n');
    }
  }

  private void commands() {
    if (spec.subcommands().isEmpty()) {
      return;
    }
    section("COMMANDS");
    for (CommandSpec command : shown()) {
      item("\\fB" + escaped(command.qualifiedName("-")) + "\\fR(1)", purpose(command) + ".");
    }
  }

  /** The commands of dar that have a page. */
  private List<CommandSpec> shown() {
    return spec.root().subcommands().values().stream()
        .filter(command -> !(command.getCommand() instanceof HelpCommand))
        .map(CommandLine::getCommandSpec)
        .toList();
  }

  private void arguments() {
    List<PositionalParamSpec> arguments =
        spec.positionalParameters().stream().filter(argument -> !argument.hidden()).toList();
    if (arguments.isEmpty()) {
      return;
    }
    section("ARGUMENTS");
    for (PositionalParamSpec argument : arguments) {
      item("\\fI" + escaped(argument.paramLabel()) + "\\fR", description(argument));
    }
  }

  /** In the order of --help: a command's own before those of all commands. */
  private void options() {
    section("OPTIONS");
    spec.options().stream()
        .filter(option -> !option.hidden())
        .sorted(Comparator.comparingInt(OptionSpec::order))
        .forEach(option -> item(tag(option), description(option)));
  }

  private static String tag(OptionSpec option) {
    String names =
        String.join(
            ", ",
            Arrays.stream(option.names()).map(name -> "\\fB" + escaped(name) + "\\fR").toList());
    boolean takesValue = option.arity().max() > 0;
    String between = option.longestName().startsWith("--") ? "=" : " ";
    return takesValue ? names + between + "\\fI" + escaped(option.paramLabel()) + "\\fR" : names;
  }

  private static String description(ArgSpec argument) {
    return String.join(" ", argument.description());
  }

  private void notes() {
    String[] footer = spec.usageMessage().footer();
    if (footer.length > 0) {
      section("NOTES");
      paragraphs(footer);
    }
  }

  private void exitStatus() {
    section("EXIT STATUS");
    Map<String, String> codes = spec.root().usageMessage().exitCodeList();
    codes.forEach((code, meaning) -> item("\\fB" + code + "\\fR", meaning + "."));
  }

  private void seeAlso() {
    section("SEE ALSO");
    List<String> others =
        spec.root() == spec
            ? shown().stream().map(command -> command.qualifiedName("-")).toList()
            : List.of(spec.root().name());
    roff.append(
        String.join(
            ",\n", others.stream().map(other -> "\\fB" + escaped(other) + "\\fR(1)").toList()));
    roff.append('\n');
  }

  private void section(String title) {
    macro("SH " + title);
  }

  private void macro(String line) {
    roff.append('.').append(line).append('\n');
  }

  private void item(String tag, String text) {
    macro("TP");
    roff.append(tag).append('\n').append(escaped(text.formatted())).append('\n');
  }

  /** Paragraphs; lines that are indented are commands or tables and stay as they are. */
  private void paragraphs(String[] lines) {
    boolean asIs = false;
    boolean first = true;
    for (String line : String.join("%n", lines).formatted().split("\\R")) {
      if (line.isBlank()) {
        continue;
      }
      boolean indented = line.startsWith("  ");
      if (indented && !asIs) {
        macro("RS 4");
        macro("nf");
      } else if (!indented && asIs) {
        macro("fi");
        macro("RE");
      }
      if (!indented && !first) {
        macro("PP");
      }
      roff.append(escaped(line.strip())).append('\n');
      asIs = indented;
      first = false;
    }
    if (asIs) {
      macro("fi");
      macro("RE");
    }
  }

  private static String quoted(String text) {
    return '"' + escaped(text) + '"';
  }

  /** What roff would take for commands, or set as typographic signs that can't be copied. */
  private static String escaped(String text) {
    String safe =
        text.replace("\\", "\\e")
            .replace("-", "\\-")
            .replace("'", "\\(aq")
            .replace("~", "\\(ti")
            .replace("^", "\\(ha")
            .replace("`", "\\(ga");
    return safe.startsWith(".") ? "\\&" + safe : safe;
  }
}

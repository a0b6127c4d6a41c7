package io.github.dar.cli;

import io.github.dar.config.Counted;
import io.github.dar.config.Nearest;
import io.github.dar.config.UserException;
import io.github.dar.weights.AtomicFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dar man}. */
@Command(
    name = "man",
    customSynopsis = {"dar man [COMMAND]", "       dar man --out DIR"},
    description = "Prints the manual page of a command, or writes all of them.",
    footer = {
      "%nTo read one that isn't installed:",
      "  dar man sample | man -l -",
      "For good:",
      "  dar man --out ~/.local/share/man/man1"
    })
final class ManCommand extends DarCommand {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "COMMAND",
      description = "Whose page. Default: the one of dar itself.")
  private String command;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write dar.1, dar-sample.1 and all others into this folder.")
  private Path out;

  ManCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    if (out == null) {
      console().out().print(new ManPage(command == null ? spec.root() : named(command)).text());
      return;
    }
    if (command != null) {
      throw new UserException("--out writes all pages; leave " + command + " out");
    }
    OutputPaths.makeFolder("--out", out);
    List<String> files = new ArrayList<>();
    for (ManPage page : pages()) {
      Path file = out.resolve(page.name() + ".1");
      AtomicFile.writeText(file, page.text());
      files.add(file.toString());
    }
    result(out + ": " + Counted.of(files.size(), "page"));
    json(Map.of("files", files));
  }

  private CommandSpec named(String name) {
    CommandLine found = spec.root().subcommands().get(name);
    if (found == null) {
      throw new UserException(
          "man %s: no such command; %s"
              .formatted(
                  name, Nearest.hint(name, List.copyOf(spec.root().subcommands().keySet()))));
    }
    return found.getCommandSpec();
  }

  private List<ManPage> pages() {
    List<ManPage> pages = new ArrayList<>();
    pages.add(new ManPage(spec.root()));
    for (CommandLine each : spec.root().subcommands().values()) {
      // Picocli's own, which only shows what --help does.
      if (!(each.getCommand() instanceof HelpCommand)) {
        pages.add(new ManPage(each.getCommandSpec()));
      }
    }
    return pages;
  }
}

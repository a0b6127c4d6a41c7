package io.github.dar.cli;

import io.github.dar.config.Nearest;
import io.github.dar.config.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What failed, in one line on stderr, and as an exit code. */
final class ErrorLines implements IParameterExceptionHandler, IExecutionExceptionHandler {

  private static final Pattern CHOICE =
      Pattern.compile("expected one of \\[(.*)] \\(case-insensitive\\) but was ('.*')");

  private final Console console;

  ErrorLines(Console console) {
    this.console = console;
  }

  /** Wrong usage: what, where, what was meant, and where to read on. */
  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String message = e.getMessage();
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      message = unmatched(unmatched, command);
    }
    message = plain(message);
    String name = command.getCommandSpec().qualifiedName();
    line(name + ": " + message + (message.contains("--help") ? "" : "; see " + name + " --help"));
    return ExitCodes.USAGE;
  }

  /** Picocli's words for programmers in the user's. */
  private static String plain(String message) {
    Matcher choice = CHOICE.matcher(message);
    String words =
        choice.replaceAll(
            found -> "give one of " + found.group(1).toLowerCase(Locale.ROOT) + ", not $2");
    return words
        .replaceAll("is not an? (int|long)$", "is not a whole number")
        .replaceAll("is not a (float|double)$", "is not a number")
        .replaceAll("\\((\\w+\\.)+\\w+Exception: ", "(")
        .replaceAll("\\.$", "");
  }

  private static String unmatched(UnmatchedArgumentException e, CommandLine command) {
    String word = e.getUnmatched().get(0);
    if (e.isUnknownOption()) {
      String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
      return "unknown option " + name + nearest(name, optionNames(command));
    }
    List<String> commands = List.copyOf(command.getSubcommands().keySet());
    if (!commands.isEmpty()) {
      return "unknown command " + word + nearest(word, commands);
    }
    String braces = word.startsWith("wds:") ? "; shells expand braces: quote the source" : "";
    return "unexpected argument " + word + braces;
  }

  private static String nearest(String word, List<String> candidates) {
    return Nearest.to(word, candidates).map(near -> "; did you mean " + near + "?").orElse("");
  }

  private static List<String> optionNames(CommandLine command) {
    List<String> names = new ArrayList<>();
    command.getCommandSpec().options().stream()
        .filter(option -> !option.hidden())
        .forEach(option -> names.addAll(List.of(option.names())));
    return names;
  }

  /** What went wrong while a command ran. */
  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    boolean verbose = command.getCommand() instanceof DarCommand dar && dar.options().verbose();
    if (verbose) {
      e.printStackTrace(console.err());
    }
    if (e instanceof InterruptedException || e.getCause() instanceof InterruptedException) {
      line(e instanceof UserException ? "dar: " + e.getMessage() : "dar: interrupted");
      return ExitCodes.INTERRUPTED;
    }
    if (e instanceof UserException) {
      line("dar: " + e.getMessage());
      return ExitCodes.USAGE;
    }
    String more = verbose ? "" : "; run again with -v for the stack trace";
    line("dar: failed with " + e + more);
    return ExitCodes.FAILURE;
  }

  private void line(String text) {
    console.err().println(text.strip().replaceAll("\\s*\\R\\s*", " "));
  }
}

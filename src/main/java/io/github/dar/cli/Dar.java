package io.github.dar.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code dar}, which holds all others. */
@Command(
    name = "dar",
    mixinStandardHelpOptions = true,
    versionProvider = VersionInfo.class,
    description = "Trains and samples D-AR image models: pictures by next-token prediction.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = HelpCommand.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      ExitCodes.OK + ":done",
      ExitCodes.FAILURE + ":failure of the program; -v shows a stack trace",
      ExitCodes.USAGE + ":wrong usage or wrong input",
      ExitCodes.INTERRUPTED + ":interrupted; the last complete checkpoint is kept"
    },
    footer = {
      "%n'dar COMMAND --help' explains a command.",
      "%nEnvironment:",
      "  DAR_MODEL      the model folder where --model is not given",
      "  DAR_WEIGHTS    the folder of downloaded weights",
      "  DAR_CACHE      the folder of what is kept of data sources",
      "  DAR_JAVA_OPTS  more options for Java, say -Xmx8g"
    })
final class Dar implements Runnable {

  @Spec private CommandSpec spec;

  private Dar() {}

  /**
   * Runs one command.
   *
   * @param args as typed
   * @return the exit code
   */
  static int run(Console console, String... args) {
    return commandLine(console).execute(args);
  }

  /** The command with all its subcommands, writing to the console. */
  static CommandLine commandLine(Console console) {
    CommandLine dar = new CommandLine(new Dar());
    dar.addSubcommand(new QuickstartCommand(console));
    dar.addSubcommand(new SampleCommand(console));
    dar.addSubcommand(new TrainTokenizerCommand(console));
    dar.addSubcommand(new TrainArCommand(console));
    dar.addSubcommand(new EvalFidCommand(console));
    dar.addSubcommand(new ReconstructCommand(console));
    dar.addSubcommand(new TokenizeCommand(console));
    dar.addSubcommand(new DetokenizeCommand(console));
    dar.addSubcommand(new ConvertCommand(console));
    dar.addSubcommand(new FetchCommand(console));
    dar.addSubcommand(new InfoCommand(console));
    dar.addSubcommand(new PlotCommand(console));
    dar.addSubcommand(new BenchCommand(console));
    dar.addSubcommand(new CompletionCommand(console));
    dar.addSubcommand(new ManCommand(console));
    dar.setOut(new PrintWriter(console.out(), true));
    dar.setErr(new PrintWriter(console.err(), true));
    dar.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    dar.setUsageHelpWidth(Math.max(80, Math.min(120, console.columns())));
    dar.setCaseInsensitiveEnumValuesAllowed(true);
    dar.setAbbreviatedOptionsAllowed(false);
    ErrorLines errors = new ErrorLines(console);
    dar.setParameterExceptionHandler(errors);
    dar.setExecutionExceptionHandler(errors);
    return dar;
  }

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command? 'dar --help' lists them");
  }
}

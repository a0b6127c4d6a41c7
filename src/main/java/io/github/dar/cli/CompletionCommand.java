package io.github.dar.cli;

import io.github.dar.config.UserException;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dar completion}. */
@Command(
    name = "completion",
    customSynopsis = "dar completion bash|zsh",
    description = "Prints the completion of commands and options for a shell.",
    footer = {
      "%nFor this session:",
      "  source <(dar completion bash)",
      "For good, in bash:",
      "  dar completion bash > ~/.dar-completion; echo 'source ~/.dar-completion' >> ~/.bashrc",
      "For good, in zsh:",
      "  dar completion zsh > ~/.dar-completion; echo 'source ~/.dar-completion' >> ~/.zshrc"
    })
final class CompletionCommand extends DarCommand {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private String shell;

  CompletionCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    if (!shell.equals("bash") && !shell.equals("zsh")) {
      throw new UserException("completion " + shell + ": unknown shell; there are bash and zsh");
    }
    CommandLine root = spec.root().commandLine();
    String script = AutoComplete.bash("dar", root);
    // Zsh reads bash's completions after this; picocli's script also does it when sourced by zsh.
    String before = shell.equals("zsh") ? "autoload -U +X compinit && compinit\n" : "";
    console().out().print(before + script);
  }
}

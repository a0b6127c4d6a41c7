package io.github.dar.cli;

import io.github.dar.config.UserException;
import picocli.AutoComplete;
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

  /** Makes the script a file that zsh also finds by itself, as _dar in a folder of its fpath. */
  private static final String ZSH_BEFORE =
      """
      #compdef dar
      autoload -U +X compinit && (( $+functions[compdef] )) || compinit
      """;

  /** Zsh reads such a file at the first completion, which then has to be made. */
  private static final String ZSH_AFTER =
      """
      if [[ $funcstack[1] = _dar ]]; then
        _bash_complete -o default -F _complete_dar
      fi
      """;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "SHELL",
      completionCandidates = Candidates.Shells.class,
      description = "bash or zsh.")
  private String shell;

  CompletionCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    if (!shell.equals("bash") && !shell.equals("zsh")) {
      throw new UserException("completion " + shell + ": unknown shell; there are bash and zsh");
    }
    // Paths are completed wherever nothing better is known; picocli would switch that off.
    String script =
        AutoComplete.bash("dar", spec.root().commandLine())
            .replace("  type compopt &>/dev/null && compopt +o default\n", "");
    console().out().print(shell.equals("zsh") ? zsh(script) : script);
  }

  private static String zsh(String bash) {
    // In a file that is read as a whole, zsh looks the alias up but doesn't replace it.
    return ZSH_BEFORE + bash.replace("  alias compopt=complete\n", "") + ZSH_AFTER;
  }
}

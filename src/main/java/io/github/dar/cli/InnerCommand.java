package io.github.dar.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * A command that is run by another one in the same process: as if it were typed, but its failures
 * are the outer command's, and its result comes back as JSON instead of being printed.
 *
 * @param console whose stderr shows the progress
 * @param quiet shows none
 */
record InnerCommand(Console console, boolean quiet) {

  JsonNode call(List<String> arguments) throws Exception {
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    Console inner =
        new Console(
            new PrintStream(result, true, StandardCharsets.UTF_8),
            console.err(),
            false,
            console.errTerminal(),
            console.columns(),
            console.home(),
            console.env());
    List<String> all = new ArrayList<>(arguments);
    all.add("--json");
    if (quiet) {
      all.add("--quiet");
    }
    CommandLine line = Dar.commandLine(inner);
    CommandLine command =
        line.parseArgs(all.toArray(String[]::new)).subcommand().commandSpec().commandLine();
    command.<DarCommand>getCommand().call();
    return new ObjectMapper().readTree(result.toString(StandardCharsets.UTF_8));
  }
}

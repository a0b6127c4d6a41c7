package io.github.dar.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dar.cli.QuickstartSteps.Step;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What a quickstart has done so far, kept in its folder as {@code quickstart.json}: so the same
 * command goes on, and the page knows the figures.
 */
final class QuickstartLog {

  private static final String FILE = "quickstart.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final ObjectNode log;

  private QuickstartLog(Path file, ObjectNode log) {
    this.file = file;
    this.log = log;
  }

  /**
   * Opens the log of a quickstart's folder, or begins one.
   *
   * @param fresh deletes what an earlier start has made, and nothing else
   */
  static QuickstartLog open(QuickstartSteps steps, boolean fresh) {
    Path folder = steps.out();
    Path file = folder.resolve(FILE);
    if (!Files.exists(file) && (Files.isRegularFile(folder) || !Folders.isEmpty(folder))) {
      throw new UserException(
          "--out " + folder + ": is there and no quickstart's; give another folder");
    }
    OutputPaths.checkFile("--out", file);
    ObjectNode begun = JSON.createObjectNode();
    begun.put("minutes", steps.minutes());
    begun.put("options", String.join(" ", steps.common()));
    if (fresh) {
      steps.made().forEach(Folders::delete);
    }
    if (fresh || !Files.exists(file)) {
      QuickstartLog log = new QuickstartLog(file, begun);
      // Before anything else lies in the folder: a start that is stopped at once must know it
      // again.
      log.write();
      return log;
    }
    QuickstartLog found = new QuickstartLog(file, read(file));
    for (String name : List.of("minutes", "options")) {
      if (!found.log.path(name).equals(begun.get(name))) {
        throw new UserException(
            "%s was begun with %s %s, not %s: give the same, another --out, or --fresh to start over"
                .formatted(folder, name, found.log.path(name).asText(), begun.get(name).asText()));
      }
    }
    return found;
  }

  private static ObjectNode read(Path file) {
    try {
      if (JSON.readTree(file.toFile()) instanceof ObjectNode log) {
        return log;
      }
    } catch (IOException e) {
      throw broken(file, e);
    }
    throw broken(file, null);
  }

  private static UserException broken(Path file, IOException e) {
    return new UserException(file + " is broken; --fresh starts over", e);
  }

  /** A number that is found out once. */
  int number(String name, Callable<Integer> search) throws Exception {
    if (!log.has(name)) {
      log.put(name, search.call());
      write();
    }
    return log.path(name).asInt();
  }

  /** Whether a step was done, by the same command. */
  boolean isDone(Step step) {
    return entry(step.name()).path("command").asText().equals(step.command());
  }

  /** A step is done. */
  void finish(Step step, double seconds, JsonNode result) {
    ObjectNode entry = log.withObject("/steps/" + step.name().text());
    entry.put("title", step.title());
    entry.put("command", step.command());
    entry.put("seconds", seconds);
    entry.set("result", result);
    write();
  }

  /** What a step that is done did. */
  String title(QuickstartSteps.Name name) {
    return entry(name).path("title").asText();
  }

  /** The command of a step that is done. */
  String command(QuickstartSteps.Name name) {
    return entry(name).path("command").asText();
  }

  /** How long a step took, since it was last started. */
  double seconds(QuickstartSteps.Name name) {
    return entry(name).path("seconds").asDouble();
  }

  /** What a step's command printed. */
  JsonNode result(QuickstartSteps.Name name) {
    return entry(name).path("result");
  }

  /** All of it. */
  JsonNode tree() {
    return log;
  }

  private JsonNode entry(QuickstartSteps.Name name) {
    return log.path("steps").path(name.text());
  }

  private void write() {
    TextFiles.write(file, Json.print(log) + "\n");
  }
}

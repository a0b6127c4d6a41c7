package io.github.dar.cli;

import io.github.dar.config.UserException;
import io.github.dar.fetch.Download;
import io.github.dar.fetch.PublishedWeights;
import io.github.dar.fetch.WeightsFolder;
import io.github.dar.view.Progress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dar fetch}. */
@Command(
    name = "fetch",
    customSynopsis = {
      "dar fetch NAME... [--weights-dir DIR] [OPTIONS]",
      "       dar fetch --list [OPTIONS]"
    },
    description = "Downloads published weights by name and checks their SHA-256.",
    footer =
        "%nA download that broke off goes on where it stopped when the command is run again. Nothing else in dar goes to the network: training and evaluation say which file they miss.")
final class FetchCommand extends DarCommand {

  private static final int MEGABYTE = 1_000_000;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      completionCandidates = Candidates.Weights.class,
      description = "What to download; --list shows the names.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--list", description = "List what can be downloaded and what is there.")
  private boolean list;

  @Option(
      names = "--weights-dir",
      paramLabel = "DIR",
      description =
          "The folder of the weights. Default: DAR_WEIGHTS, else dar/weights in the user's cache folder.")
  private Path folder;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Where to get it from instead: a mirror, or file:///PATH. The sum stays.")
  private URI url;

  FetchCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws InterruptedException {
    WeightsFolder weights = WeightsFolder.of(Optional.ofNullable(folder), console().env());
    if (list) {
      list(weights);
      return;
    }
    if (names.isEmpty()) {
      throw new UserException("fetch what? give a NAME; 'dar fetch --list' shows them");
    }
    if (url != null && names.size() > 1) {
      throw new UserException("--url: is the place of one file; give one NAME with it");
    }
    List<PublishedWeights> wanted = names.stream().map(PublishedWeights::named).toList();
    List<Map<String, Object>> report = new ArrayList<>();
    for (PublishedWeights one : wanted) {
      report.add(fetch(one, weights.file(one)));
    }
    json(report);
  }

  private Map<String, Object> fetch(PublishedWeights wanted, Path file)
      throws InterruptedException {
    Download download = new Download(file, url == null ? wanted.url() : url, wanted.sha256());
    Download.Result got;
    try (Watch watch = new Watch(wanted)) {
      got = download.run(watch);
    }
    if (!got.checked()) {
      note(wanted.name() + ": its publisher states no SHA-256 to check it against");
    }
    result((got.downloaded() ? "" : "already there: ") + file + "  sha256 " + got.sha256());
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("name", wanted.name());
    report.put("file", file.toString());
    report.put("sha256", got.sha256());
    report.put("checked", got.checked());
    report.put("downloaded", got.downloaded());
    return report;
  }

  /** Progress from the moment that the server has said how much there is. */
  private final class Watch implements Download.Listener, AutoCloseable {

    private final PublishedWeights wanted;
    private Progress progress;

    Watch(PublishedWeights wanted) {
      this.wanted = wanted;
    }

    @Override
    public void at(long done, long total) {
      if (progress == null) {
        long size = total > 0 ? total : wanted.size();
        progress = new Progress(progress(), wanted.name(), "MB", done / MEGABYTE, size / MEGABYTE);
      }
      progress.update(done / MEGABYTE);
    }

    @Override
    public void close() {
      if (progress != null) {
        progress.close();
      }
    }
  }

  private void list(WeightsFolder weights) {
    List<Map<String, Object>> report = new ArrayList<>();
    result(weights.path().toString());
    for (PublishedWeights one : PublishedWeights.all()) {
      boolean there = Files.exists(weights.file(one));
      String size = one.size() == 0 ? "" : one.size() / MEGABYTE + " MB, ";
      result(
          "%s %-14s %s (%s%s)"
              .formatted(there ? "*" : " ", one.name(), one.use(), size, one.license()));
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", one.name());
      row.put("file", weights.file(one).toString());
      row.put("there", there);
      row.put("url", one.url().toString());
      row.put("sha256", one.sha256());
      row.put("size", one.size());
      row.put("license", one.license());
      row.put("use", one.use());
      report.add(row);
    }
    result("* is there already");
    json(report);
  }
}

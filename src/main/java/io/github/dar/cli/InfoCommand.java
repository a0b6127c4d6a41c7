package io.github.dar.cli;

import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dar info}. */
@Command(
    name = "info",
    customSynopsis = "dar info PATH|SRC [OPTIONS]",
    description = "Says what is in a model, run, checkpoint, codes file or data source.")
final class InfoCommand extends DarCommand {

  private static final byte[] NPY = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final byte[] ZIP = {'P', 'K'};
  private static final byte[] PICKLE = {(byte) 0x80};

  @Parameters(
      paramLabel = "PATH|SRC",
      description =
          "A model folder, a run folder, a file (.safetensors, .pt, .npz, .npy, .yaml) or a data source (DIR, idx:PATH-PREFIX, wds:PATH/{00000..00099}.tar, npz:FILE, shapes:).")
  private String path;

  @Option(
      names = "--tensors",
      description =
          "List every tensor of a model folder, every entry of a large checkpoint as well.")
  private boolean tensors;

  InfoCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    InfoReport report = report();
    report.field("path", path);
    result(report.text());
    json(report.fields());
  }

  private InfoReport report() {
    Path file = existing();
    if (file == null) {
      return InfoData.of(path, options().seed());
    }
    if (Files.isDirectory(file)) {
      if (InfoFolders.isRun(file)) {
        return InfoFolders.run(file);
      }
      if (InfoFolders.isCheckpoint(file)) {
        return InfoFolders.checkpoint(file);
      }
      return InfoFolders.isModel(file)
          ? InfoFolders.model(file, tensors)
          : InfoData.of(path, options().seed());
    }
    String name = file.getFileName().toString();
    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
      InfoReport report = new InfoReport("config");
      report.line(Yaml.toYaml(Yaml.read(file, RunConfig.class)).strip());
      return report;
    }
    byte[] start = start(file);
    if (begins(start, NPY)) {
      return InfoFiles.npy(file);
    }
    if (name.endsWith(".npz")) {
      return InfoFiles.npz(file);
    }
    if (name.endsWith(".safetensors")) {
      return InfoFiles.safeTensors(file);
    }
    if (begins(start, ZIP) || begins(start, PICKLE) || name.matches(".*\\.(pt|pth)")) {
      return InfoFiles.torch(file, tensors);
    }
    throw new UserException(
        file + ": is no kind of file that dar knows; give .safetensors, .pt, .npz, .npy or .yaml");
  }

  private static boolean begins(byte[] file, byte[] magic) {
    return file.length >= magic.length
        && Arrays.equals(file, 0, magic.length, magic, 0, magic.length);
  }

  private Path existing() {
    try {
      Path file = Path.of(path);
      return Files.exists(file) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static byte[] start(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(NPY.length);
    } catch (IOException e) {
      throw new UserException("can't read " + file + ": " + e.getMessage(), e);
    }
  }
}

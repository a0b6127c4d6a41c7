package io.github.dar.data;

import io.github.dar.config.Counted;
import io.github.dar.config.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A folder of class folders, in the order of torchvision's {@code ImageFolder}: classes by name,
 * images by folder and name, names compared by code points. Images may lie deeper inside a class. A
 * folder without class folders is one class. Hidden files and folders don't count.
 */
public final class FolderSource implements ImageSource {

  /** The class of images that lie in no class folder. */
  static final String ONLY_CLASS = "images";

  private static final Comparator<String> BY_CODE_POINTS = FolderSource::compareCodePoints;

  private final Path folder;
  private final List<String> classNames = new ArrayList<>();

  /** Relative to the folder: a million of them is common, and paths are large. */
  private final List<String> files = new ArrayList<>();

  /** How many files there are up to the end of each class. */
  private final List<Integer> ends = new ArrayList<>();

  private final boolean flat;
  private int others;

  /**
   * Lists a folder; no image is opened.
   *
   * @throws UserException if it holds no image, or a class folder holds none
   */
  public FolderSource(Path folder) {
    this.folder = folder;
    List<Path> classes = visibleChildren(folder).filter(Files::isDirectory).toList();
    flat = classes.isEmpty();
    if (flat) {
      addClass(ONLY_CLASS, folder);
    } else {
      for (Path child : classes) {
        addClass(child.getFileName().toString(), child);
      }
      others += (int) visibleChildren(folder).filter(Files::isRegularFile).count();
    }
  }

  private void addClass(String name, Path root) {
    int before = files.size();
    classNames.add(name);
    addFiles(root);
    ends.add(files.size());
    if (files.size() == before) {
      throw new UserException(
          root
              + (flat ? ": the folder holds no images" : ": the class folder holds no images")
              + " (PNG, JPEG, WebP, GIF, BMP, TIFF); "
              + (flat ? "name a folder of images or of class folders" : "fill or remove it"));
    }
  }

  private void addFiles(Path root) {
    List<Path> found;
    try (Stream<Path> walk = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      found = walk.filter(Files::isRegularFile).filter(file -> isVisible(root, file)).toList();
    } catch (IOException | UncheckedIOException e) {
      throw new UserException(root + ": can't be listed (" + e.getMessage() + ")", e);
    }
    List<Path> images =
        found.stream()
            .filter(file -> ImageFiles.isImageName(file.getFileName().toString()))
            .sorted(
                Comparator.comparing(FolderSource::parentName, BY_CODE_POINTS)
                    .thenComparing(file -> file.getFileName().toString(), BY_CODE_POINTS))
            .toList();
    others += found.size() - images.size();
    for (Path image : images) {
      files.add(folder.relativize(image).toString());
    }
  }

  @Override
  public int size() {
    return files.size();
  }

  @Override
  public RgbImage image(int index) {
    return ImageFiles.read(folder.resolve(files.get(index)));
  }

  @Override
  public int label(int index) {
    int found = Collections.binarySearch(ends, Objects.checkIndex(index, size()) + 1);
    return found < 0 ? -found - 1 : found;
  }

  @Override
  public List<String> classNames() {
    return List.copyOf(classNames);
  }

  @Override
  public String describe() {
    return "%s in %s of %s%s"
        .formatted(
            Counted.of(size(), "image"),
            flat ? "one class (no class folders)" : Counted.of(classNames.size(), "class folder"),
            folder,
            others == 0 ? "" : "; " + Counted.of(others, "other file") + " left out");
  }

  private static Stream<Path> visibleChildren(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(child -> !child.getFileName().toString().startsWith("."))
          .sorted(Comparator.comparing(child -> child.getFileName().toString(), BY_CODE_POINTS))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UserException(folder + ": can't be listed (" + e.getMessage() + ")", e);
    }
  }

  private static boolean isVisible(Path root, Path file) {
    for (Path part : root.relativize(file)) {
      if (part.toString().startsWith(".")) {
        return false;
      }
    }
    return true;
  }

  private static String parentName(Path file) {
    return file.getParent().toString().replace('\\', '/');
  }

  /** As Python compares strings; Java would put some of the rare characters first. */
  private static int compareCodePoints(String a, String b) {
    return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
  }
}

package io.github.dar.config;

/**
 * Where a piece of YAML stands.
 *
 * @param source the file, or the option that gave the text
 * @param line from 1; 0 where lines mean nothing, as in an option
 * @param column from 1
 */
record Place(String source, int line, int column) {

  /** A place in text that isn't a file. */
  static Place option(String source) {
    return new Place(source, 0, 0);
  }

  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line + ":" + column;
  }
}

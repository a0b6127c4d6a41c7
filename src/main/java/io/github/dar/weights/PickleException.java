package io.github.dar.weights;

/** Why a pickle is not read, and the mend; the caller knows which file it is in. */
final class PickleException extends Exception {

  private static final int LONGEST = 400;

  private final String mend;

  PickleException(String reason) {
    this(reason, "copy or download it again, or save only weights and plain values");
  }

  private PickleException(String reason, String mend) {
    // Parts of the reason come from the file: they must not fill or control a terminal.
    super(
        reason.substring(0, Math.min(LONGEST, reason.length())).replaceAll("\\p{Cntrl}", "\uFFFD"));
    this.mend = mend;
  }

  static PickleException refused(String module, String name) {
    return new PickleException(
        "it names " + module + "." + name + ", which is neither a tensor nor plain data",
        "running that could do anything: save only weights and plain values");
  }

  String mend() {
    return mend;
  }
}

package io.github.dar.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a model is: the {@code config.yaml} of a model folder. A model may have either part alone.
 *
 * @param imageSize side of the pictures in pixels, a multiple of both patch sizes; 0 stands for the
 *     tokenizer's sampling_resolution, and stays where there is no tokenizer
 * @param tokenizer the tokenizer, also accepted as {@code model}, its published name
 * @param ar the transformer
 * @param classes names of the classes in the order of their ids; none, or one for each class
 * @param sampling how its tokens are best chosen; none for guidance 4.0 and temperature 1
 */
public record ModelConfig(
    @Key(defaultsTo = "0") int imageSize,
    @Key(alias = "model") Optional<TokenizerConfig> tokenizer,
    Optional<TransformerConfig> ar,
    @Key(defaultsTo = "[]") List<String> classes,
    Optional<SamplingConfig> sampling) {

  /** Resolves the image size and checks that the parts fit each other. */
  public ModelConfig {
    classes = List.copyOf(classes);
    InvalidValue.unlessAtLeast(0, "image_size", imageSize);
    if (tokenizer.isPresent()) {
      imageSize = imageSize == 0 ? tokenizer.get().samplingResolution() : imageSize;
      unlessWholePatches(imageSize, tokenizer.get());
    }
    unlessNamesDiffer(classes);
    if (ar.isPresent()) {
      int named = classes.size();
      int numClasses = ar.get().sequence().numClasses();
      InvalidValue.unless(
          named == 0 || named == numClasses,
          "classes",
          named + " names",
          "there must be one for each of ar.num_classes (" + numClasses + ")");
    }
    if (tokenizer.isPresent() && ar.isPresent()) {
      unlessSameTokens(tokenizer.get(), ar.get().sequence());
    }
  }

  /**
   * The tokenizer of a model that must have one.
   *
   * @param command what needs it, as the user calls it
   * @return the tokenizer
   */
  public TokenizerConfig requireTokenizer(String command) {
    return tokenizer.orElseThrow(() -> missing(command, "tokenizer"));
  }

  /** The same without a transformer and how to sample it. */
  public ModelConfig tokenizerAlone() {
    return new ModelConfig(imageSize, tokenizer, Optional.empty(), classes, Optional.empty());
  }

  /**
   * The transformer of a model that must have one.
   *
   * @param command what needs it, as the user calls it
   * @return the transformer
   */
  public TransformerConfig requireAr(String command) {
    return ar.orElseThrow(() -> missing(command, "ar"));
  }

  /**
   * The classes that the transformer of a model that must have one knows.
   *
   * @param command what needs them, as the user calls it
   */
  public ClassList requireClasses(String command) {
    return new ClassList(classes, requireAr(command).sequence().numClasses());
  }

  static UserException missing(String command, String section) {
    return new UserException(
        "%s needs a section '%s' in the configuration, which has none; configs/ has examples"
            .formatted(command, section));
  }

  private static void unlessWholePatches(int size, TokenizerConfig tokenizer) {
    int encoder = tokenizer.encoderPatchSize();
    int decoder = tokenizer.diffDecoder().patchSize();
    InvalidValue.unless(
        size % encoder == 0 && size % decoder == 0,
        "image_size",
        size,
        "it must be a multiple of encoder_patch_size ("
            + encoder
            + ") and diff_decoder.patch_size ("
            + decoder
            + ")");
  }

  private static void unlessNamesDiffer(List<String> classes) {
    Set<String> seen = new HashSet<>();
    for (String name : classes) {
      InvalidValue.unless(!name.isBlank(), "classes", classes, "a name must not be blank");
      InvalidValue.unless(seen.add(name), "classes", name + " twice", "each name must be another");
    }
  }

  private static void unlessSameTokens(TokenizerConfig tokenizer, SequenceConfig sequence) {
    InvalidValue.unless(
        tokenizer.vq().vqEnable(),
        "tokenizer.vq_enable",
        false,
        "a transformer needs codes: set it to true or leave out ar");
    InvalidValue.unless(
        sequence.vocabSize() == tokenizer.vq().vqCodebookSize(),
        "ar.vocab_size",
        sequence.vocabSize(),
        "it must equal tokenizer.vq_codebook_size (" + tokenizer.vq().vqCodebookSize() + ")");
    InvalidValue.unless(
        sequence.blockSize() == tokenizer.tokens().numAllQueries(),
        "ar.block_size",
        sequence.blockSize(),
        "it must equal tokenizer.num_all_queries (" + tokenizer.tokens().numAllQueries() + ")");
  }
}

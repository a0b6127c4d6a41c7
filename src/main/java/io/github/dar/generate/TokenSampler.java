package io.github.dar.generate;

import io.github.dar.config.TransformerConfig;
import io.github.dar.config.UserException;
import io.github.dar.model.Transformer;

/**
 * Starts the sampling of tokens. Sessions have their own caches, so several may run at once in
 * their own threads; one session belongs to one thread at a time.
 */
public final class TokenSampler {

  private final Transformer transformer;

  /** Samples from a network, which stays the caller's. */
  public TokenSampler(Transformer transformer) {
    this.transformer = transformer;
  }

  /** Starts whole images. */
  public TokenSession begin(TokenRequest request, SamplingOptions options) {
    return begin(request, options, transformer.config().sequence().blockSize());
  }

  /**
   * Starts the first tokens of images.
   *
   * @param length how many tokens the session may give, at most N; a guidance schedule spans them
   * @throws UserException if the network can't do what is asked
   */
  public TokenSession begin(TokenRequest request, SamplingOptions options, int length) {
    TransformerConfig config = transformer.config();
    int classes = config.sequence().numClasses();
    for (long label : request.classes()) {
      if (label < 0 || label >= config.classRows()) {
        throw new UserException(
            "class " + label + ": this transformer knows the classes 0 to " + (classes - 1));
      }
    }
    if (length < 1 || length > config.sequence().blockSize()) {
      throw new IllegalArgumentException("no session gives " + length + " tokens");
    }
    if (request.forcedCount() > length) {
      throw new UserException(
          request.forcedCount() + " first tokens are given, but an image has only " + length);
    }
    for (long[] row : request.forced()) {
      for (long token : row) {
        if (token < 0 || token >= config.sequence().vocabSize()) {
          throw new UserException(
              "first token "
                  + token
                  + " is no code of this transformer, which has "
                  + config.sequence().vocabSize()
                  + "; tokens and transformer must belong to the same tokenizer");
        }
      }
    }
    TokenSession session = new TokenSession(transformer, request, options, length);
    if (session.isGuided() && config.classRows() == classes) {
      session.close();
      throw new UserException(
          "guidance "
              + options.guidance()
              + ": this transformer has no null class (class_dropout_prob was 0); use 1.0");
    }
    return session;
  }
}

package io.github.dar.config;

/**
 * How the tokens of an image are dealt out to the denoising steps (method section 6). Its keys
 * stand among those of {@link TokenizerConfig}.
 *
 * @param numAllQueries N, tokens of an image, 1 to 1024
 * @param numQueryGroups G, groups of tokens, 1 to N
 * @param queriesPerStep Q, tokens that condition one step, 1 to N; 0 stands for N / G
 * @param numDenoisingSteps S, steps of the sampler, 1 or more
 */
public record TokenLayout(
    int numAllQueries,
    int numQueryGroups,
    @Key(defaultsTo = "0") int queriesPerStep,
    int numDenoisingSteps) {

  /** Rows of the query tables, which checkpoints fix. */
  public static final int MAX_QUERIES = 1024;

  /** Resolves the tokens of a step and checks the ranges. */
  public TokenLayout {
    InvalidValue.unless(
        numAllQueries >= 1 && numAllQueries <= MAX_QUERIES,
        "num_all_queries",
        numAllQueries,
        "it must be 1 to " + MAX_QUERIES + ", the rows of the query table");
    InvalidValue.unless(
        numQueryGroups >= 1 && numQueryGroups <= numAllQueries,
        "num_query_groups",
        numQueryGroups,
        "it must be 1 to num_all_queries (" + numAllQueries + "), so that no group is empty");
    queriesPerStep = queriesPerStep == 0 ? numAllQueries / numQueryGroups : queriesPerStep;
    InvalidValue.unless(
        queriesPerStep >= 1 && queriesPerStep <= numAllQueries,
        "queries_per_step",
        queriesPerStep,
        "it must be 1 to num_all_queries ("
            + numAllQueries
            + "); leave it out for "
            + numAllQueries / numQueryGroups);
    InvalidValue.unlessAtLeast(1, "num_denoising_steps", numDenoisingSteps);
  }
}

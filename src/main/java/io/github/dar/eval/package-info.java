/**
 * Metrics over features and images, and the report of an evaluation. May depend on generate, view,
 * model, data, engine, weights and config.
 */
package io.github.dar.eval;

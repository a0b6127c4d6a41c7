/**
 * Loops, losses, optimizer, EMA, schedules, checkpoints. May depend on data, model, engine, weights
 * and config.
 */
package io.github.dar.train;

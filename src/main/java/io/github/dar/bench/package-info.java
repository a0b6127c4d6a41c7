/**
 * How fast this machine is and how near its limits the program runs: what {@code dar bench}
 * measures. May depend on train, generate, model, data, engine, weights and config.
 */
package io.github.dar.bench;

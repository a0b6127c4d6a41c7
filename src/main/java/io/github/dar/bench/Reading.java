package io.github.dar.bench;

/**
 * What one round gave for a row, in the row's units.
 *
 * @param time the time that people ask for
 * @param achieved what is compared with the limit
 * @param limit of the same moment; NaN where there is none
 */
record Reading(double time, double achieved, double limit) {}

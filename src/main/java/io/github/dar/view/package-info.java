/**
 * What people look at: grids, GIFs, terminal pictures, plots. May depend on data, weights and
 * config.
 */
package io.github.dar.view;

/**
 * What people look at: grids, GIFs, terminal pictures, plots. May depend on data, model, engine,
 * weights and config.
 */
package io.github.dar.view;

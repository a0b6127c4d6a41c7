/**
 * Tokens to increments to denoising steps to previews. May depend on model, data, engine, weights
 * and config.
 */
package io.github.dar.generate;

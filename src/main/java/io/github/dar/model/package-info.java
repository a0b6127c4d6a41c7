/**
 * The networks by the paper's names: tokenizer, diffusion decoder, transformer. May depend on
 * engine, weights and config.
 */
package io.github.dar.model;

/**
 * Sources of images and codes, Pillow-exact transforms, ordering. Plain Java. May depend on
 * weights, engine and config.
 */
package io.github.dar.data;

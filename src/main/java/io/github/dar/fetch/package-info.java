/**
 * Published weights: which there are, where they lie on this machine, how they get there. Plain
 * Java, no engine. May depend on config only.
 */
package io.github.dar.fetch;

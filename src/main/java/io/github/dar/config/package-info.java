/**
 * Records that hold configuration, read from YAML, validated when made, printed back resolved.
 * Depends on no other package of dar.
 */
package io.github.dar.config;

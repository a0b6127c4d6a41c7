/**
 * DJL and libtorch: kernels, precision, devices, random streams, scopes. The only package that
 * knows TorchScript. May depend on config and weights.
 */
package io.github.dar.engine;

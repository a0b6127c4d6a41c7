/**
 * Named tensors in files: safetensors, PyTorch checkpoints, npy and npz. Plain Java, no engine. May
 * depend on config only.
 */
package io.github.dar.weights;

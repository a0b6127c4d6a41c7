package io.github.dar.train;

import io.github.dar.model.Weights;
import io.github.dar.weights.HostTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What one of the two trainings brings to the common loop: its weights, its batches and its losses.
 */
interface Stage extends AutoCloseable {

  /** Short name for logs and files: {@code tokenizer} or {@code ar}. */
  String name();

  /** What tells the training data from other data of the same configuration, for people. */
  String data();

  /** How many tokens of each image step number {@code step}, from 0, is about: N, or fewer. */
  int tokens(long step);

  /** The weights that are trained. */
  Weights weights();

  /** Networks that are trained beside it, with their optimizers: a discriminator. */
  default List<Checkpoint.Part> others() {
    return List.of();
  }

  /** Takes step number {@code step}, from 0, of the {@link #others}, by the gradients added. */
  default void stepOthers(long step) {}

  /** Whether weight decay shrinks a tensor. */
  boolean decays(String name);

  /**
   * Computes the losses of a batch and adds its gradients. Where the configuration has it computed
   * in parts, they add up to what the batch gives in one piece.
   *
   * @param step number of the batch, from 0
   * @return means over the batch, by name; {@code loss} is the total
   */
  Map<String, Double> gradients(long step, Weights gradients);

  /** Numbers over the steps since it was last asked, such as codebook usage. */
  Map<String, Double> report();

  /** Seconds that {@link #gradients} waited for data since this was last asked. */
  double dataWait();

  /** What {@link #report} has counted so far, for a checkpoint. */
  Map<String, HostTensor> state();

  /** Goes on from what {@link #state} gave; names of others are left alone. */
  void restore(Map<String, HostTensor> state);

  /** Computes with other weights (the average) from now on, or with the trained ones again. */
  void use(Weights weights);

  /** Draws a sheet that shows how good the weights in use are; the same seeds each time. */
  void sheet(Path png);

  /** Writes the model as a folder that stands alone. */
  void export(Path folder, Weights averaged);

  @Override
  void close();
}

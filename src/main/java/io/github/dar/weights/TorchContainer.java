package io.github.dar.weights;

import java.io.IOException;

/** The file around the pickle of a checkpoint and its storages. */
interface TorchContainer {

  /** Reads the pickle and finds, but does not read, its storages. */
  Object load() throws PickleException, IOException;

  void close();
}

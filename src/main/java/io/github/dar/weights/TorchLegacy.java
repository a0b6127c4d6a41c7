package io.github.dar.weights;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The container before PyTorch 1.6: pickles of a magic number, a version, the machine, the
 * checkpoint and the storage keys, then for each storage its element count and data.
 */
final class TorchLegacy implements TorchContainer {

  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long VERSION = 1001;
  private static final int LARGEST_PICKLES = 256 << 20;

  private final Path file;
  private final FileChannel channel;

  private TorchLegacy(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static TorchLegacy open(Path file) throws IOException {
    return new TorchLegacy(file, FileChannel.open(file, StandardOpenOption.READ));
  }

  @Override
  public Object load() throws PickleException, IOException {
    FileBytes all = new FileBytes(file, channel, 0, channel.size());
    ByteBuffer pickles = all.slice(0, (int) Math.min(LARGEST_PICKLES, all.size()));
    if (!MAGIC.equals(new Unpickler(pickles).load())) {
      throw new PickleException("it does not start as one");
    }
    if (!Long.valueOf(VERSION).equals(new Unpickler(pickles).load())) {
      throw new PickleException("its format version is unknown");
    }
    if (!(new Unpickler(pickles).load() instanceof Map<?, ?> machine)
        || !Boolean.TRUE.equals(machine.get("little_endian"))) {
      throw new PickleException("it was saved on a big-endian machine");
    }
    Unpickler unpickler = new Unpickler(pickles);
    Object root = unpickler.load();
    if (!(new Unpickler(pickles).load() instanceof List<?> keys)) {
      throw new PickleException("it lacks its list of storages");
    }
    Map<String, ByteSource> found = find(keys, unpickler.storages(), all, pickles.position());
    return PickleTree.of(root, storage -> found.get(storage.key()));
  }

  private static Map<String, ByteSource> find(
      List<?> keys, Map<String, TorchStorage> storages, ByteSource all, long dataStart)
      throws PickleException {
    Map<String, ByteSource> found = new HashMap<>();
    long at = dataStart;
    for (Object key : keys) {
      TorchStorage storage = key instanceof String ? storages.get(key) : null;
      if (storage == null || found.containsKey(storage.key())) {
        throw new PickleException("its list of storages names others than its tensors");
      }
      long left = all.size() - at - Long.BYTES;
      if (left < storage.bytes()) {
        throw new PickleException("it ends within storage " + key);
      }
      long elements = all.slice(at, Long.BYTES).getLong();
      if (elements != storage.elements()) {
        throw new PickleException(
            "its storage "
                + key
                + " has "
                + elements
                + " elements instead of "
                + storage.elements());
      }
      at += Long.BYTES;
      found.put(storage.key(), all.part(at, storage.bytes()));
      at += storage.bytes();
    }
    if (found.size() != storages.size()) {
      throw new PickleException("it lacks some of its storages");
    }
    return found;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw Failures.unreadable(file, e);
    }
  }
}

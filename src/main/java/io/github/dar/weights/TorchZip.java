package io.github.dar.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The container of PyTorch 1.6 and newer: a zip file with a record a storage. */
final class TorchZip implements TorchContainer {

  private static final String PICKLE = "data.pkl";
  private static final int LARGEST_PICKLE = 256 << 20;

  private final ZipRecords zip;

  private TorchZip(ZipRecords zip) {
    this.zip = zip;
  }

  static TorchZip open(Path file) {
    return new TorchZip(ZipRecords.open(file));
  }

  @Override
  public Object load() throws PickleException {
    Map<String, ByteSource> records = zip.records();
    // The folder is named after the file as it was called when saved.
    List<String> pickles =
        records.keySet().stream()
            .filter(name -> name.endsWith("/" + PICKLE) && name.indexOf('/') == folderEnd(name))
            .toList();
    if (pickles.size() != 1) {
      throw new PickleException("it has " + pickles.size() + " records data.pkl instead of one");
    }
    String folder = pickles.get(0).substring(0, folderEnd(pickles.get(0)) + 1);
    if (records.containsKey(folder + "constants.pkl")) {
      throw new PickleException("it is a TorchScript program; save its state dict instead");
    }
    ByteSource order = records.get(folder + "byteorder");
    if (order != null && !"little".equals(text(order))) {
      throw new PickleException("it was saved on a big-endian machine");
    }
    ByteSource pickle = records.get(pickles.get(0));
    if (pickle.size() > LARGEST_PICKLE) {
      throw new PickleException("its pickle has " + pickle.size() + " bytes");
    }
    Unpickler unpickler = new Unpickler(pickle.slice(0, (int) pickle.size()));
    Object root = unpickler.load();
    for (TorchStorage storage : unpickler.storages().values()) {
      check(storage, records.get(folder + "data/" + storage.key()));
    }
    return PickleTree.of(root, storage -> records.get(folder + "data/" + storage.key()));
  }

  private static int folderEnd(String name) {
    return name.length() - PICKLE.length() - 1;
  }

  private static String text(ByteSource record) {
    ByteBuffer bytes = record.slice(0, (int) Math.min(16, record.size()));
    return StandardCharsets.US_ASCII.decode(bytes).toString().strip();
  }

  private static void check(TorchStorage storage, ByteSource record) throws PickleException {
    if (record == null) {
      throw new PickleException("it lacks the record of storage " + storage.key());
    }
    if (record.size() != storage.bytes()) {
      throw new PickleException(
          "the record of storage "
              + storage.key()
              + " has "
              + record.size()
              + " bytes instead of "
              + storage.bytes());
    }
  }

  @Override
  public void close() {
    zip.close();
  }
}

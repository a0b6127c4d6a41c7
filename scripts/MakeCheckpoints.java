import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.dar.config.ModelConfig;
import io.github.dar.config.RunConfig;
import io.github.dar.config.UserException;
import io.github.dar.config.Yaml;
import io.github.dar.model.ParameterSpec;
import io.github.dar.model.Tokenizer;
import io.github.dar.model.Transformer;
import io.github.dar.view.Progress;
import io.github.dar.weights.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Writes a PyTorch checkpoint of the layout and size of a published one, with random weights: for
 * trying and measuring what reads it where the published file is not at hand.
 *
 * <p>{@code java -cp "target/dar.jar:target/lib/*" scripts/MakeCheckpoints.java OUT.pt
 * tokenizer|ar CONFIG.yaml [SEED]}. The published ones: {@code D-AR-tokenizer_v1.pt tokenizer
 * configs/tokenizer-v1.yaml} (4.9 GB), {@code D-AR-L-360K.pt ar configs/ar-l-imagenet256.yaml} (1.4
 * GB), {@code D-AR-XL-360K.pt ar configs/ar-xl-imagenet256.yaml} (3.1 GB).
 *
 * <p>A tokenizer's file is what the reference's trainer saves: a dict with model, optimizer, steps,
 * args, config and ema. A transformer's is a bare state dict whose names start with {@code
 * _orig_mod.}. The same seed gives the same bytes.
 */
public final class MakeCheckpoints {

  private static final String USAGE =
      "usage: MakeCheckpoints OUT.pt tokenizer|ar CONFIG.yaml [SEED]";

  /** What a storage holds, so that a network of them computes something. */
  private record Filling(double mean, double std) {}

  /** A storage of float32. */
  private record Storage(long elements, Filling filling) {}

  public static void main(String[] args) {
    if (args.length < 3 || args.length > 4 || !args[1].matches("tokenizer|ar")) {
      System.err.println(USAGE);
      System.exit(2);
    }
    try {
      make(
          Path.of(args[0]),
          args[1].equals("ar"),
          Path.of(args[2]),
          args.length > 3 ? Long.parseLong(args[3]) : 0);
    } catch (NumberFormatException e) {
      System.err.println("MakeCheckpoints: the seed " + args[3] + " is no whole number");
      System.exit(2);
    } catch (UserException | IOException e) {
      System.err.println("MakeCheckpoints: " + e.getMessage());
      System.exit(2);
    }
  }

  private static void make(Path out, boolean ar, Path yaml, long seed) throws IOException {
    ModelConfig config = Yaml.read(yaml, RunConfig.class).model();
    Pickle pickle = new Pickle();
    if (ar) {
      pickle.stateDict(
          Transformer.parameters(config.requireAr("MakeCheckpoints")), "_orig_mod.", Map.of());
    } else {
      trainersDict(pickle, config, yaml);
    }
    pickle.op('.');
    write(out, pickle, seed);
  }

  private static void trainersDict(Pickle pickle, ModelConfig config, Path yaml)
      throws IOException {
    List<ParameterSpec> specs =
        Tokenizer.parameters(config.requireTokenizer("MakeCheckpoints"), true);
    Map<String, Object> optimizer = new LinkedHashMap<>();
    optimizer.put("lr", 2e-4);
    optimizer.put("betas", List.of(0.9, 0.95));
    optimizer.put("eps", 1e-8);
    optimizer.put("weight_decay", 0.0);
    optimizer.put("amsgrad", false);
    // The quantizer counts the codes that it has used lately.
    Map<String, Long> buffers = Map.of("quantize.codebook_used", 65536L);
    JsonNode model = new YAMLMapper().readTree(Files.readString(yaml));
    model = model.has("model") ? model.get("model") : model.get("tokenizer");

    pickle.begin();
    pickle.text("model");
    pickle.stateDict(specs, "", buffers);
    pickle.text("optimizer");
    pickle.optimizer(specs, optimizer);
    pickle.text("steps");
    pickle.value(210_000L);
    pickle.text("args");
    pickle.object(
        "argparse",
        "Namespace",
        Map.of("config", "configs/tokenizer_v1.yaml", "mixed_precision", "bf16"));
    pickle.text("config");
    pickle.object(
        "config_util",
        "Config",
        Map.of("_data", Map.of("model", new ObjectMapper().convertValue(model, Map.class))));
    pickle.text("ema");
    pickle.stateDict(specs, "", buffers);
    pickle.end();
  }

  private static void write(Path out, Pickle pickle, long seed) throws IOException {
    Path folder = out.toAbsolutePath().getParent();
    long needed = pickle.storages.stream().mapToLong(s -> 4 * s.elements() + 256).sum();
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < needed) {
      throw new IOException(
          "%s takes %,d bytes, %s has %,d free; free some space"
              .formatted(out, needed, folder, free));
    }
    String name = out.getFileName().toString().replaceAll("\\.pth?$", "");
    try (AtomicFile aside = AtomicFile.create(out);
        Progress progress =
            new Progress(
                Progress.Output.of(System.err, false, 80),
                out.toString(),
                "MB",
                0,
                Math.max(1, needed / 1_000_000))) {
      Zip zip = new Zip(aside.channel(), name + "/");
      zip.record("data.pkl", pickle.bytes());
      zip.record("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      // torch.save orders them as texts: 0, 1, 10, 100, ...
      List<String> keys =
          IntStream.range(0, pickle.storages.size()).mapToObj(String::valueOf).sorted().toList();
      for (String text : keys) {
        int key = Integer.parseInt(text);
        zip.storage("data/" + key, pickle.storages.get(key), seed * 1_000_003 + key);
        progress.update(aside.channel().position() / 1_000_000);
      }
      zip.record("version", "3\n".getBytes(StandardCharsets.US_ASCII));
      zip.finish();
      aside.commit();
    }
  }

  /** Protocol 2, as torch.save writes it: what comes again is fetched from the memo. */
  private static final class Pickle {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, Integer> memo = new HashMap<>();
    private final List<Storage> storages = new ArrayList<>();

    Pickle() {
      op(0x80);
      op(2);
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    void op(int code) {
      out.write(code);
    }

    private void number(long value, int bytes) {
      for (int i = 0; i < bytes; i++) {
        op((int) (value >> 8 * i) & 0xff);
      }
    }

    /** Writes something the first time, and its number in the memo from then on. */
    private void once(String content) {
      Integer known = memo.putIfAbsent(content, memo.size());
      int number = known == null ? memo.size() - 1 : known;
      boolean small = number < 256;
      if (known == null) {
        out.writeBytes(content.getBytes(StandardCharsets.ISO_8859_1));
        op(small ? 'q' : 'r');
      } else {
        op(small ? 'h' : 'j');
      }
      number(number, small ? 1 : 4);
    }

    void text(String ascii) {
      int size = ascii.length();
      once("X" + (char) (size & 0xff) + (char) (size >> 8) + "\0\0" + ascii);
    }

    private void global(String module, String name) {
      once("c" + module + "\n" + name + "\n");
    }

    /** A dict, to be filled up to {@link #end}. */
    void begin() {
      op('}');
      op('(');
    }

    void end() {
      op('u');
    }

    private void beginOrdered() {
      global("collections", "OrderedDict");
      op(')');
      op('R');
    }

    void value(Object value) {
      if (value instanceof String text) {
        text(text);
      } else if (value instanceof Boolean bool) {
        op(bool ? 0x88 : 0x89);
      } else if (value instanceof Double number) {
        op('G');
        number(Long.reverseBytes(Double.doubleToLongBits(number)), 8);
      } else if (value instanceof Number number) {
        whole(number.longValue());
      } else if (value instanceof List<?> list) {
        tuple(list);
      } else if (value instanceof Map<?, ?> map) {
        begin();
        map.forEach(
            (key, inner) -> {
              value(key);
              value(inner);
            });
        end();
      } else {
        throw new IllegalArgumentException("no pickle of " + value);
      }
    }

    private void whole(long value) {
      if (value >= 0 && value < 256) {
        op('K');
        number(value, 1);
      } else if (value >= 0 && value < 65536) {
        op('M');
        number(value, 2);
      } else {
        op('J');
        number(value, 4);
      }
    }

    private void tuple(List<?> values) {
      op('(');
      values.forEach(this::value);
      op('t');
    }

    void object(String module, String name, Map<String, ?> attributes) {
      global(module, name);
      op(')');
      op(0x81);
      value(attributes);
      op('b');
    }

    /** A tensor over a storage of its own, as from a GPU. */
    private void tensor(long[] shape, Filling filling) {
      long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      List<Long> sizes = new ArrayList<>();
      List<Long> strides = new ArrayList<>();
      long stride = elements;
      for (long size : shape) {
        stride /= size;
        sizes.add(size);
        strides.add(stride);
      }
      global("torch._utils", "_rebuild_tensor_v2");
      op('(');
      op('(');
      text("storage");
      global("torch", "FloatStorage");
      text(Integer.toString(storages.size()));
      text("cuda:0");
      whole(elements);
      op('t');
      op('Q');
      whole(0);
      tuple(sizes);
      tuple(strides);
      value(false);
      beginOrdered();
      op('t');
      op('R');
      storages.add(new Storage(elements, filling));
    }

    void stateDict(List<ParameterSpec> specs, String prefix, Map<String, Long> buffers) {
      beginOrdered();
      op('(');
      for (ParameterSpec spec : specs) {
        text(prefix + spec.name());
        tensor(spec.shape(), filling(spec));
      }
      buffers.forEach(
          (name, size) -> {
            text(prefix + name);
            tensor(new long[] {size}, new Filling(0, 0));
          });
      end();
      metadata(specs, prefix);
    }

    /** The versions of the modules, an attribute of the dict. */
    private void metadata(List<ParameterSpec> specs, String prefix) {
      LinkedHashSet<String> modules = new LinkedHashSet<>(List.of(""));
      specs.forEach(
          spec -> modules.add(prefix + spec.name().substring(0, spec.name().lastIndexOf('.'))));
      op('}');
      text("_metadata");
      beginOrdered();
      op('(');
      for (String module : modules) {
        text(module);
        value(Map.of("version", 1));
      }
      end();
      op('s');
      op('b');
    }

    void optimizer(List<ParameterSpec> specs, Map<String, Object> options) {
      begin();
      text("state");
      begin();
      for (int i = 0; i < specs.size(); i++) {
        whole(i);
        begin();
        text("step");
        tensor(new long[0], new Filling(210_000, 0));
        text("exp_avg");
        tensor(specs.get(i).shape(), new Filling(0, 1e-5));
        text("exp_avg_sq");
        tensor(specs.get(i).shape(), new Filling(1e-9, 1e-10));
        end();
      }
      end();
      text("param_groups");
      op(']');
      begin();
      options.forEach(
          (name, option) -> {
            text(name);
            value(option);
          });
      text("params");
      op(']');
      op('(');
      IntStream.range(0, specs.size()).forEach(this::whole);
      op('e');
      end();
      op('a');
      end();
    }

    /** Where the reference starts at zero, a trained network has something. */
    private static Filling filling(ParameterSpec spec) {
      return switch (spec.init()) {
        case ONES -> new Filling(1, 0.02);
        case ZEROS -> new Filling(0, spec.name().contains(".gate") ? 0.1 : 0.02);
        case NORMAL, TRUNCATED_NORMAL -> new Filling(0, spec.scale());
        case UNIFORM -> new Filling(0, spec.scale() / Math.sqrt(3));
        case UNIT_ROWS -> new Filling(0, 1 / Math.sqrt(spec.shape()[1]));
      };
    }
  }

  /** A zip file of stored records, each starting at a multiple of 64 bytes; Zip64 past 4 GB. */
  private static final class Zip {

    private static final int ALIGNMENT = 64;
    private static final long MOST_32 = 0xffffffffL;

    private final FileChannel channel;
    private final String folder;
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private int entries;

    Zip(FileChannel channel, String folder) {
      this.channel = channel;
      this.folder = folder;
    }

    void record(String name, byte[] content) throws IOException {
      CRC32 crc = new CRC32();
      long start = begin(name);
      put(ByteBuffer.wrap(content), crc);
      end(name, start, crc, content.length);
    }

    void storage(String name, Storage storage, long seed) throws IOException {
      CRC32 crc = new CRC32();
      SplittableRandom random = new SplittableRandom(seed);
      long start = begin(name);
      // Four 16-bit numbers make a sum that is normal enough, of this standard deviation.
      double scale = storage.filling().std() / (65536 / Math.sqrt(3));
      ByteBuffer piece = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
      for (long i = 0; i < storage.elements(); i++) {
        long bits = random.nextLong();
        int sum = (short) bits + (short) (bits >> 16) + (short) (bits >> 32) + (short) (bits >> 48);
        piece.putFloat((float) (storage.filling().mean() + scale * sum));
        if (!piece.hasRemaining() || i == storage.elements() - 1) {
          put(piece.flip(), crc);
          piece.clear();
        }
      }
      end(name, start, crc, 4 * storage.elements());
    }

    /** Flags: sizes follow the data; names are UTF-8. */
    private ByteBuffer header(int signature, int version) {
      ByteBuffer head = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN).putInt(signature);
      return version == 0 ? head.putInt(0x808 << 16) : head.putShort((short) 0).putInt(0x808 << 16);
    }

    private long begin(String name) throws IOException {
      long start = channel.position();
      byte[] path = (folder + name).getBytes(StandardCharsets.UTF_8);
      int padding = (int) -(start + 30 + path.length + 4) & ALIGNMENT - 1;
      ByteBuffer head = header(0x04034b50, 0).putShort((short) 0).putInt(0).putInt(0).putLong(0);
      head.putShort((short) path.length).putShort((short) (4 + padding)).put(path);
      head.put((byte) 'F').put((byte) 'B').putShort((short) padding);
      for (int i = 0; i < padding; i++) {
        head.put((byte) 'Z');
      }
      put(head.flip(), new CRC32());
      return start;
    }

    private void end(String name, long start, CRC32 crc, long size) throws IOException {
      ByteBuffer descriptor = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
      descriptor.putInt(0x08074b50).putInt((int) crc.getValue()).putInt((int) size);
      put(descriptor.putInt((int) size).flip(), new CRC32());
      byte[] path = (folder + name).getBytes(StandardCharsets.UTF_8);
      boolean far = start >= MOST_32;
      ByteBuffer head = header(0x02014b50, 1).putShort((short) 0).putInt(0);
      head.putInt((int) crc.getValue()).putInt((int) size).putInt((int) size);
      head.putShort((short) path.length).putShort((short) (far ? 12 : 0)).putShort((short) 0);
      head.putInt(0).putInt(0).putInt((int) Math.min(start, MOST_32)).put(path);
      if (far) {
        head.putShort((short) 1).putShort((short) 8).putLong(start);
      }
      directory.write(head.array(), 0, head.position());
      entries++;
    }

    void finish() throws IOException {
      long start = channel.position();
      put(ByteBuffer.wrap(directory.toByteArray()), new CRC32());
      long end = channel.position();
      ByteBuffer tail = ByteBuffer.allocate(98).order(ByteOrder.LITTLE_ENDIAN);
      if (start >= MOST_32) {
        tail.putInt(0x06064b50).putLong(44).putShort((short) 0x31e).putShort((short) 45);
        tail.putLong(0).putLong(entries).putLong(entries).putLong(end - start).putLong(start);
        tail.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
      }
      tail.putInt(0x06054b50).putInt(0).putShort((short) entries).putShort((short) entries);
      tail.putInt((int) (end - start)).putInt((int) Math.min(start, MOST_32)).putShort((short) 0);
      put(tail.flip(), new CRC32());
    }

    private void put(ByteBuffer bytes, CRC32 crc) throws IOException {
      crc.update(bytes.duplicate());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }
}

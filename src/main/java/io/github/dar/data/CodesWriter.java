package io.github.dar.data;

import io.github.dar.config.DiskError;
import io.github.dar.config.UserException;
import io.github.dar.weights.DType;
import io.github.dar.weights.HostTensor;
import io.github.dar.weights.NpzWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a file of codes over one run or several; {@link CodesFile} reads it. Until it is complete
 * the codes lie in FILE.part, a row an image, and FILE.part.txt says what they are of, so that only
 * the same job goes on.
 */
public final class CodesWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CodesWriter.class);
  private static final int LARGEST_SHORT = 1 << 16;

  /** Images that are copied into the npz at a time. */
  private static final int COPIED = 64;

  /**
   * What the file is of.
   *
   * @param what all that the codes depend on
   * @param crops of each image
   * @param tokens of each crop
   * @param codebook how many codes there are
   * @param latent numbers a token has before quantisation, 0 to leave them out
   * @param batch images that are encoded at a time: going on begins with a whole batch, as the bits
   *     of a network's results may depend on what is computed beside them
   */
  public record Layout(String what, int crops, int tokens, int codebook, int latent, int batch) {

    private int codesBytes() {
      return Math.multiplyExact(crops * tokens, Integer.BYTES);
    }

    private int rowBytes() {
      return 2 * Integer.BYTES
          + Math.addExact(codesBytes(), Math.multiplyExact(codesBytes(), latent));
    }

    private String text() {
      return "%s%ncrops %d, tokens %d, codebook %d, latent %d, batch %d%n"
          .formatted(what.strip(), crops, tokens, codebook, latent, batch);
    }
  }

  private final Path file;
  private final Path part;
  private final Path description;
  private final Layout layout;
  private final FileChannel rows;

  private CodesWriter(Path file, Path part, Path description, Layout layout, FileChannel rows) {
    this.file = file;
    this.part = part;
    this.description = description;
    this.layout = layout;
    this.rows = rows;
  }

  /** Begins a file, or goes on with it. */
  public static CodesWriter open(Path file, Layout layout) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Path description = file.resolveSibling(file.getFileName() + ".part.txt");
    try {
      boolean same =
          Files.exists(description) && Files.readString(description).equals(layout.text());
      if (!same) {
        if (Files.deleteIfExists(part)) {
          LOG.warn("{} was begun for other images or by another tokenizer: starting over", part);
        }
        Files.writeString(description, layout.text());
      }
      FileChannel rows =
          FileChannel.open(
              part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      CodesWriter writer = new CodesWriter(file, part, description, layout, rows);
      rows.truncate(writer.wholeBatches() * layout.rowBytes());
      rows.position(rows.size());
      return writer;
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** How many rows belong to batches that are there whole. */
  private long wholeBatches() throws IOException {
    long complete = rows.size() / layout.rowBytes();
    long next = complete == 0 ? 0 : index(complete - 1) + 1;
    long begun = next / layout.batch() * layout.batch();
    while (complete > 0 && index(complete - 1) >= begun) {
      complete--;
    }
    return complete;
  }

  private int index(long row) throws IOException {
    return read(row, 1).getInt(0);
  }

  /** The first image of the source whose codes are missing. */
  public int next() {
    try {
      long complete = rows.size() / layout.rowBytes();
      if (complete == 0) {
        return 0;
      }
      // The last images of a batch may have been left out as damaged.
      int last = index(complete - 1);
      return (last / layout.batch() + 1) * layout.batch();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /**
   * Adds an image; images come in the order of their source.
   *
   * @param index its number in the source
   * @param codes {@code [crops * N]}
   * @param latents {@code [crops * N * latent]}
   */
  public void add(int index, int label, long[] codes, float[] latents) {
    ByteBuffer row = ByteBuffer.allocate(layout.rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
    row.putInt(index).putInt(label);
    for (long code : codes) {
      row.putInt((int) code);
    }
    row.asFloatBuffer().put(latents);
    row.position(0);
    try {
      while (row.hasRemaining()) {
        rows.write(row);
      }
    } catch (IOException e) {
      throw unwritable(part, e);
    }
  }

  /**
   * Makes the npz of the parts: {@code codes}, {@code labels}, perhaps {@code latents}, and {@code
   * indices} if images were left out.
   *
   * @param images how many the source has
   * @return how many are in the file
   */
  public int finish(int images) {
    try (NpzWriter npz = NpzWriter.stored(file)) {
      int count = Math.toIntExact(rows.size() / layout.rowBytes());
      if (count == 0) {
        throw new UserException(file + ": none of the images could be read");
      }
      codes(npz, count);
      npz.write("labels", HostTensor.of(column(count, Integer.BYTES), count));
      if (count < images) {
        npz.write("indices", HostTensor.of(column(count, 0), count));
      }
      if (layout.latent() > 0) {
        latents(npz, count);
      }
      npz.commit();
      Files.delete(part);
      Files.delete(description);
      return count;
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** One crop as scripts expect it; several, which are many, in as few bytes as hold them. */
  private void codes(NpzWriter npz, int count) throws IOException {
    boolean one = layout.crops() == 1;
    DType packed = layout.codebook() <= LARGEST_SHORT ? DType.U16 : DType.I32;
    DType dtype = one ? DType.I64 : packed;
    npz.begin("codes", dtype, shape(count, layout.tokens()));
    for (int from = 0; from < count; from += COPIED) {
      int some = Math.min(COPIED, count - from);
      ByteBuffer in = read(from, some);
      int values = layout.crops() * layout.tokens();
      ByteBuffer out =
          ByteBuffer.allocate(some * values * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < some * values; i++) {
        int code =
            in.getInt(
                i / values * layout.rowBytes() + 2 * Integer.BYTES + i % values * Integer.BYTES);
        switch (dtype) {
          case I64 -> out.putLong(code);
          case U16 -> out.putShort((short) code);
          default -> out.putInt(code);
        }
      }
      npz.append(HostTensor.wrap(dtype, out.flip(), shape(some, layout.tokens())));
    }
  }

  private void latents(NpzWriter npz, int count) throws IOException {
    npz.begin("latents", DType.F32, shape(count, layout.tokens(), layout.latent()));
    for (int i = 0; i < count; i++) {
      ByteBuffer row = read(i, 1);
      row.position(2 * Integer.BYTES + layout.codesBytes());
      npz.append(
          HostTensor.wrap(
              DType.F32,
              row.slice().order(row.order()),
              shape(1, layout.tokens(), layout.latent())));
    }
  }

  /** {@code [count, crops, ...]}, without the crops where there is one. */
  private long[] shape(long count, long... inner) {
    int head = layout.crops() == 1 ? 1 : 2;
    long[] shape = new long[head + inner.length];
    shape[0] = count;
    shape[head - 1] = head == 1 ? count : layout.crops();
    System.arraycopy(inner, 0, shape, head, inner.length);
    return shape;
  }

  private long[] column(int count, int offset) throws IOException {
    long[] values = new long[count];
    for (int from = 0; from < count; from += COPIED) {
      int some = Math.min(COPIED, count - from);
      ByteBuffer in = read(from, some);
      for (int i = 0; i < some; i++) {
        values[from + i] = in.getInt(i * layout.rowBytes() + offset);
      }
    }
    return values;
  }

  private ByteBuffer read(long row, int count) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(count, layout.rowBytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (rows.read(bytes, row * layout.rowBytes() + bytes.position()) < 0) {
        throw new IOException(part + " became shorter");
      }
    }
    return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static UserException unwritable(Path file, IOException e) {
    return new UserException(
        file + ": can't be written (" + DiskError.why(e) + "); mend that and run it again", e);
  }

  @Override
  public void close() {
    try {
      rows.close();
    } catch (IOException e) {
      throw unwritable(part, e);
    }
  }
}

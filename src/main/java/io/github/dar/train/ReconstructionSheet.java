package io.github.dar.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.dar.data.ImageBatch;
import io.github.dar.data.ImageBatches;
import io.github.dar.data.ImageSource;
import io.github.dar.data.ImageTransform;
import io.github.dar.data.RgbImage;
import io.github.dar.engine.Purpose;
import io.github.dar.generate.Decoding;
import io.github.dar.generate.Denoiser;
import io.github.dar.generate.Noise;
import io.github.dar.model.Tokenizer;
import io.github.dar.view.Grid;
import io.github.dar.view.Pngs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A sheet of the first images of a source: a row an image, the original and then each preview. */
final class ReconstructionSheet {

  private static final int IMAGES = 10;

  private ReconstructionSheet() {}

  /** Writes it; the noise is always the same. */
  static void write(Path png, Tokenizer tokenizer, ImageSource source, ImageTransform transform) {
    int steps = tokenizer.config().tokens().numDenoisingSteps();
    List<List<RgbImage>> columns = new ArrayList<>();
    int most = Math.min(IMAGES, source.size());
    try (NDManager scope = tokenizer.compute().manager().newSubManager();
        ImageBatches originals = ImageBatches.inOrder(source, transform, most, 0, 1)) {
      ImageBatch batch = originals.next();
      // Images that can't be read are left out.
      int count = batch.count();
      int size = transform.size();
      NDArray images = scope.create(batch.pixels(), new Shape(count, 3, size, size));
      columns.add(Decoding.pictures(images));
      NDArray quantized = tokenizer.quantize(scope, tokenizer.latents(scope, images));
      NDArray noise = Noise.of(scope, 0, Purpose.IMAGE_NOISE, 0, count, size, size);
      Decoding.decode(
          scope,
          tokenizer,
          tokenizer.conditions(scope, quantized),
          noise,
          steps,
          steps,
          Denoiser.Method.ADAMS2,
          (preview, taken) -> columns.add(Decoding.pictures(preview)));
    }
    List<RgbImage> cells = new ArrayList<>();
    for (int i = 0; i < columns.get(0).size(); i++) {
      for (List<RgbImage> column : columns) {
        cells.add(column.get(i));
      }
    }
    int zoom = Math.max(1, 64 / transform.size());
    Pngs.write(png, Grid.of(columns.size()).withScale(zoom).draw(cells));
  }
}

/**
 * dar as a library: load a model, stream images with previews, close.
 *
 * <pre>{@code
 * try (DarModel model = DarModel.load(Path.of("models/fashion-mnist"))) {
 *   SampleRequest request = model.request("Sneaker").withSeed(7).withGuidance("2.5");
 *   Samples samples =
 *       model.sample(
 *           request, preview -> save(preview.image(), out.resolve(preview.tokens() + ".png")));
 *   save(samples.image(), out.resolve("sneaker.png"));
 * }
 * }</pre>
 *
 * <p>{@link io.github.dar.DarModel} is where to start. Everything is safe to use from several
 * threads; what a user can mend is a {@link io.github.dar.config.UserException}, whose message says
 * how. May depend on generate, model, data, engine and config; of dar's own packages only cli may
 * depend on it.
 */
package io.github.dar;

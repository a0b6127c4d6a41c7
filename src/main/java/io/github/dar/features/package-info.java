/**
 * Networks that judge images: the frozen ones that losses and metrics look through (VGG16 for
 * LPIPS, DINOv2; Inception, the bundled one and their like behind {@code FeatureExtractor}) and the
 * discriminator that is trained beside the tokenizer. May depend on model (for {@code Weights} and
 * {@code ParameterSpec} only), fetch, engine, weights and config.
 */
package io.github.dar.features;

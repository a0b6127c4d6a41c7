package io.github.dar.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What the processor can multiply itself; libtorch offers no question for it.
 *
 * @param bf16 bfloat16 numbers
 * @param bytes 8-bit integers, summed up exactly in 32 bits, by AVX-512: FBGEMM knows no other such
 *     instruction
 */
record Instructions(boolean bf16, boolean bytes) {

  private static final Pattern BF16 = listed("avx512_bf16|amx_bf16|bf16");
  private static final Pattern BYTES = listed("avx512_vnni");

  private static Pattern listed(String names) {
    return Pattern.compile("(?m)^(flags|Features)\\s*:.*\\b(" + names + ")\\b");
  }

  /** Reads what Linux lists; elsewhere there is nothing: what is slow is worse than none. */
  static Instructions ofThisProcessor() {
    try {
      return listedIn(Files.readString(Path.of("/proc/cpuinfo")));
    } catch (IOException e) {
      return new Instructions(false, false);
    }
  }

  static Instructions listedIn(String cpuInfo) {
    return new Instructions(BF16.matcher(cpuInfo).find(), BYTES.matcher(cpuInfo).find());
  }
}

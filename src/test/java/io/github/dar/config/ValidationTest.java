package io.github.dar.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule of each record: the value, the rule and the mend are in the message. */
class ValidationTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          image_size=-1             | image_size is -1; it must be 0 or more
          image_size=30             | image_size is 30; it must be a multiple of encoder_patch_size (4) and diff_decoder.patch_size (4)
          classes=[a, b]            | classes is 2 names; there must be one for each of ar.num_classes (10)
          classes=[a, a]            | classes is a twice; each name must be another
          classes=[a, '']           | classes is [a, ]; a name must not be blank
          tokenizer.encoder_patch_size=0  | tokenizer.encoder_patch_size is 0; it must be 1 or more
          tokenizer.num_encoder_layers=-1 | tokenizer.num_encoder_layers is -1; it must be 0 or more
          tokenizer.num_decoder_layers=-1 | tokenizer.num_decoder_layers is -1; it must be 0 or more
          tokenizer.encoder_dim=100 | tokenizer.encoder_dim is 100; it must be a multiple of 64, the size of an attention head
          tokenizer.encoder_dim=0   | tokenizer.encoder_dim is 0; it must be a multiple of 64, the size of an attention head
          tokenizer.decoder_dim=96  | tokenizer.decoder_dim is 96; it must be a multiple of 64, the size of an attention head
          tokenizer.decoder_dim=192 | tokenizer.diff_decoder.cond_dim is 128; it must equal decoder_dim (192), whose output it receives
          tokenizer.vq_dim=0        | tokenizer.vq_dim is 0; it must be 1 or more
          tokenizer.vq_codebook_size=1 | tokenizer.vq_codebook_size is 1; it must be 2 or more (the published tokenizer has 16384)
          tokenizer.vq_codebook_size=1024 | ar.vocab_size is 512; it must equal tokenizer.vq_codebook_size (1024)
          tokenizer.vq_enable=false | tokenizer.vq_enable is false; a transformer needs codes: set it to true or leave out ar
          tokenizer.num_all_queries=0    | tokenizer.num_all_queries is 0; it must be 1 to 1024, the rows of the query table
          tokenizer.num_all_queries=1025 | tokenizer.num_all_queries is 1025; it must be 1 to 1024, the rows of the query table
          tokenizer.num_all_queries=64   | ar.block_size is 32; it must equal tokenizer.num_all_queries (64)
          tokenizer.num_query_groups=0   | tokenizer.num_query_groups is 0; it must be 1 to num_all_queries (32), so that no group is empty
          tokenizer.num_query_groups=33  | tokenizer.num_query_groups is 33; it must be 1 to num_all_queries (32), so that no group is empty
          tokenizer.queries_per_step=33  | tokenizer.queries_per_step is 33; it must be 1 to num_all_queries (32); leave it out for 4
          tokenizer.queries_per_step=-1  | tokenizer.queries_per_step is -1; it must be 1 to num_all_queries (32); leave it out for 4
          tokenizer.num_denoising_steps=0 | tokenizer.num_denoising_steps is 0; it must be 1 or more
          tokenizer.sampling_resolution=30 | tokenizer.sampling_resolution is 30; it must be a multiple of diff_decoder.patch_size (4)
          tokenizer.sampling_resolution=0 | tokenizer.sampling_resolution is 0; it must be a multiple of diff_decoder.patch_size (4)
          tokenizer.output_resolution=-1 | tokenizer.output_resolution is -1; it must be 0 or more
          tokenizer.rope_base_len=0 | tokenizer.rope_base_len is 0.0; it must be a number above 0
          tokenizer.diff_decoder.in_dim=1  | tokenizer.diff_decoder.in_dim is 1; it must be 3: pictures are RGB
          tokenizer.diff_decoder.out_dim=4 | tokenizer.diff_decoder.out_dim is 4; it must be 3: pictures are RGB
          tokenizer.diff_decoder.dim=130   | tokenizer.diff_decoder.dim is 130; it must be a multiple of 64, the size of an attention head
          tokenizer.diff_decoder.cond_dim=0 | tokenizer.diff_decoder.cond_dim is 0; it must be 1 or more
          tokenizer.diff_decoder.patch_size=0 | tokenizer.diff_decoder.patch_size is 0; it must be 1 or more
          tokenizer.diff_decoder.depth=0   | tokenizer.diff_decoder.depth is 0; it must be 1 or more
          tokenizer.diff_decoder.data_std=0 | tokenizer.diff_decoder.data_std is 0.0; it must be a number above 0
          tokenizer.diff_decoder.time_shift=1e999 | tokenizer.diff_decoder.time_shift is Infinity; it must be a number above 0
          tokenizer.diff_decoder.mlp_head=true | tokenizer.diff_decoder.mlp_head is true; it needs the shared time embedding: set share_time_encoding: true as well
          tokenizer.diff_decoder.repa_layer=-1 | tokenizer.diff_decoder.repa_layer is -1; it must be 0 or more
          tokenizer.diff_decoder.rope_base_len=-2 | tokenizer.diff_decoder.rope_base_len is -2.0; it must be a number above 0
          ar.dim=0         | ar.dim is 0; it must be 1 or more
          ar.n_layer=0     | ar.n_layer is 0; it must be 1 or more
          ar.n_head=0      | ar.n_head is 0; it must be 1 or more
          ar.n_head=3      | ar.n_head is 3; dim (256) must split into n_head heads of an even size
          ar.n_head=256    | ar.n_head is 256; dim (256) must split into n_head heads of an even size
          ar.n_head=2147483647 | ar.n_head is 2147483647; dim (256) must split into n_head heads of an even size
          ar.n_kv_head=3   | ar.n_kv_head is 3; it must divide n_head (4); leave it out for plain attention
          ar.n_kv_head=-1  | ar.n_kv_head is -1; it must divide n_head (4); leave it out for plain attention
          ar.multiple_of=0 | ar.multiple_of is 0; it must be 1 or more
          ar.ffn_dim_multiplier=0 | ar.ffn_dim_multiplier is 0.0; it must be a number above 0
          ar.rope_base=0   | ar.rope_base is 0.0; it must be a number above 0
          ar.norm_eps=0    | ar.norm_eps is 0.0; it must be a number above 0
          ar.initializer_range=0 | ar.initializer_range is 0.0; it must be a number above 0
          ar.vocab_size=1  | ar.vocab_size is 1; it must be 2 or more
          ar.block_size=0  | ar.block_size is 0; it must be 1 or more
          ar.num_classes=0 | ar.num_classes is 0; it must be 1 or more
          ar.cls_token_num=120 | ar.cls_token_num is 120; it must be 1: a class is one token
          ar.model_type=t2i    | ar.model_type is t2i; it must be c2i: dar generates from classes, not from text
          ar.token_dropout_p=1 | ar.token_dropout_p is 1.0; it must be at least 0 and below 1
          ar.attn_dropout_p=-1 | ar.attn_dropout_p is -1.0; it must be at least 0 and below 1
          ar.resid_dropout_p=2 | ar.resid_dropout_p is 2.0; it must be at least 0 and below 1
          ar.ffn_dropout_p=1   | ar.ffn_dropout_p is 1.0; it must be at least 0 and below 1
          ar.drop_path_rate=1  | ar.drop_path_rate is 1.0; it must be at least 0 and below 1
          ar.class_dropout_prob=1 | ar.class_dropout_prob is 1.0; it must be at least 0 and below 1
          ar_training.batch=0      | ar_training.batch is 0; it must be 1 or more
          ar_training.accumulate=3 | ar_training.accumulate is 3; it must divide batch (64) into equal parts
          ar_training.accumulate=0 | ar_training.accumulate is 0; it must divide batch (64) into equal parts
          ar_training.parts_at_once=2 | ar_training.parts_at_once is 2; there are as many parts as accumulate says (1)
          ar_training.precision=int8 | ar_training.precision is int8; weights of 8 bits can't be trained; use bf16, fp32 or auto
          ar_training.whole_every=0 | ar_training.whole_every is 0; it must be 1 or more
          ar_training.whole_every=8 | ar_training.prefix_tokens is 0; it must be 1 or more, as whole_every is 8
          ar_training.prefix_tokens=8 | ar_training.prefix_tokens is 8; it must be 0, as whole_every is 1
          ar_training.seed=-1      | ar_training.seed is -1; it must be 0 or more
          ar_training.steps=0      | ar_training.steps is 0; it must be 1 or more
          ar_training.lr=0         | ar_training.lr is 0.0; it must be a number above 0
          ar_training.warmup_steps=-1 | ar_training.warmup_steps is -1; it must be 0 or more
          ar_training.schedule=constant | ar_training.schedule is constant; decay_start, decay_steps and final_lr need linear or cosine; leave them out or set it
          ar_training.decay_start=10 | ar_training.decay_start is 10; it must be warmup_steps (200) or more
          ar_training.decay_steps=0  | ar_training.decay_steps is 0; it must be 1 or more
          ar_training.final_lr=1     | ar_training.final_lr is 1.0; it must be at least 0 and at most lr 0.001
          ar_training.betas=[0.9]    | ar_training.betas is [0.9]; it must be two numbers, such as [0.9, 0.95]
          ar_training.betas=[0.9, 1] | ar_training.betas is [0.9, 1.0]; each must be at least 0 and below 1
          ar_training.eps=0          | ar_training.eps is 0.0; it must be a number above 0
          ar_training.weight_decay=-1 | ar_training.weight_decay is -1.0; it must be a number of 0 or more
          ar_training.muon=-1 | ar_training.muon is -1.0; it must be a number of 0 or more
          ar_training.clip=-1        | ar_training.clip is -1.0; it must be a number of 0 or more
          ar_training.ema=1          | ar_training.ema is 1.0; it must be at least 0 and below 1
          ar_training.log_every=0    | ar_training.log_every is 0; it must be 1 or more
          ar_training.sample_every=-1 | ar_training.sample_every is -1; it must be 0 or more
          ar_training.save_every=0   | ar_training.save_every is 0; it must be 1 or more
          ar_training.keep=0         | ar_training.keep is 0; it must be 1 or more
          tokenizer_training.losses.codebook=-1   | tokenizer_training.losses.codebook is -1.0; it must be a number of 0 or more
          tokenizer_training.losses.commitment=-1 | tokenizer_training.losses.commitment is -1.0; it must be a number of 0 or more
          tokenizer_training.losses.entropy=-1    | tokenizer_training.losses.entropy is -1.0; it must be a number of 0 or more
          tokenizer_training.losses.flow=-1       | tokenizer_training.losses.flow is -1.0; it must be a number of 0 or more
          tokenizer_training.losses.repa=-1       | tokenizer_training.losses.repa is -1.0; it must be a number of 0 or more
          tokenizer_training.losses.gan=-1        | tokenizer_training.losses.gan is -1.0; it must be a number of 0 or more
          tokenizer_training.losses.lpips_dropout=1 | tokenizer_training.losses.lpips_dropout is 1.0; it must be at least 0 and below 1
          tokenizer_training.discriminator.ndf=12 | tokenizer_training.discriminator.ndf is 12; its norms have 16 groups: give a multiple of 8
          tokenizer_training.discriminator.layers=0 | tokenizer_training.discriminator.layers is 0; it must be 1 or more
          tokenizer_training.discriminator.start_step=-1 | tokenizer_training.discriminator.start_step is -1; it must be 0 or more
          tokenizer_training.discriminator.lr=0 | tokenizer_training.discriminator.lr is 0.0; it must be a number above 0
          """)
  void override_outOfRange_isRefusedWithRuleAndMend(String override, String message) {
    assertThatThrownBy(() -> Presets.fashionMnist(override))
        .isInstanceOf(UserException.class)
        .satisfies(e -> assertThat(e.getMessage().replaceFirst("^.*?: ", "")).isEqualTo(message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sampling.cfg=[2]         | sampling.cfg is [2.0]; it must be two numbers, such as [1.2, 8.0] or [4.0, 4.0]
          sampling.cfg=[1, -1]     | sampling.cfg is -1.0; it must be a number of 0 or more
          sampling.temperature=-1  | sampling.temperature is -1.0; it must be a number of 0 or more
          """)
  void recommendedSampling_outOfRange_isRefused(String override, String message) {
    override_outOfRange_isRefusedWithRuleAndMend(override, message);
  }

  @Test
  void prefixLongerThanAnImage_isRefused() {
    assertThatThrownBy(
            () -> Presets.fashionMnist("ar_training.whole_every=2", "ar_training.prefix_tokens=65"))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "ar_training.prefix_tokens is 65; an image has 32 tokens (ar.block_size)");
  }

  @Test
  void invalidValue_madeInCode_isAUserExceptionWithoutPlace() {
    assertThatThrownBy(() -> new FlowConfig(0, 1))
        .isInstanceOf(UserException.class)
        .hasMessage("data_std is 0.0; it must be a number above 0");
  }

  @Test
  void queriesPerStep_leftOut_isTokensByGroups() {
    assertThat(new TokenLayout(55, 11, 0, 11).queriesPerStep()).isEqualTo(5);
  }

  @Test
  void imageSize_leftOut_isTheSamplingResolution() {
    assertThat(Presets.fashionMnist("image_size=").model().imageSize()).isEqualTo(32);
  }

  @Test
  void withoutCodes_tokenizerIsLegalButCommandsThatNeedCodesRefuse() {
    RunConfig config =
        Presets.fashionMnist("ar=", "tokenizer.vq_enable=false", "tokenizer.vq_codebook_size=");
    TokenizerConfig tokenizer = config.model().requireTokenizer("reconstruct");
    assertThat(tokenizer.vq().vqEnable()).isFalse();
    assertThatThrownBy(() -> tokenizer.requireCodes("tokenize"))
        .hasMessage(
            "vq_enable is false; tokenize needs codes, which this tokenizer lacks: train one with"
                + " vq_enable: true");
    Presets.fashionMnist().model().requireTokenizer("tokenize").requireCodes("tokenize");
  }

  @Test
  void require_ofAMissingSection_namesCommandAndSection() {
    RunConfig empty = Yaml.parse("image_size: 32", "f", RunConfig.class);
    String rest = " in the configuration, which has none; configs/ has examples";
    assertThatThrownBy(() -> empty.model().requireTokenizer("tokenize"))
        .hasMessage("tokenize needs a section 'tokenizer'" + rest);
    assertThatThrownBy(() -> empty.model().requireAr("sample"))
        .hasMessage("sample needs a section 'ar'" + rest);
    assertThatThrownBy(() -> empty.requireTokenizerTraining("train-tokenizer"))
        .hasMessage("train-tokenizer needs a section 'tokenizer_training'" + rest);
    assertThatThrownBy(() -> empty.requireArTraining("train-ar"))
        .hasMessage("train-ar needs a section 'ar_training'" + rest);
  }

  @ParameterizedTest
  @CsvSource({"B, 111", "L, 343", "XL, 775", "XXL, 1411", "l, 343"})
  void preset_hasThePublishedSize(String name, long millions) {
    TransformerConfig config = TransformerConfig.preset(name);
    assertThat(Math.round(config.parameterCount() / 1e6)).isEqualTo(millions);
    assertThat(config.headDim()).isEqualTo(64);
    assertThat(Yaml.parse(Yaml.toYaml(config), "f", TransformerConfig.class)).isEqualTo(config);
  }

  @Test
  void preset_unknown_listsTheSizes() {
    assertThatThrownBy(() -> TransformerConfig.preset("M"))
        .hasMessage("no size 'M'; there are B, L, XL and XXL");
  }

  /** The parameters of the reference's model with grouped queries, counted from its file. */
  @Test
  void parameterCount_groupedQueriesAndMultiplier_matchesTheReference() {
    TransformerConfig config =
        Yaml.parse(
            """
            {dim: 64, n_layer: 1, n_head: 4, multiple_of: 32, vocab_size: 40, block_size: 12,
             num_classes: 3, n_kv_head: 2, ffn_dim_multiplier: 0.75, rope_base: 500.0}
            """,
            "f",
            TransformerConfig.class);
    assertThat(config.hiddenDim()).isEqualTo(128);
    assertThat(config.ffnDimMultiplier()).isEqualTo(OptionalDouble.of(0.75));
    long tables = (4 + 40 + 40) * 64;
    long attention = 128 * 64 + 64 * 64;
    long feedForward = 3 * 128 * 64;
    assertThat(config.parameterCount()).isEqualTo(tables + attention + feedForward + 3 * 64);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void classRows_includeTheNullClassIfLabelsAreDropped(double probability) {
    TransformerConfig config =
        Presets.fashionMnist("ar.class_dropout_prob=" + probability).model().requireAr("test");
    assertThat(config.classRows()).isEqualTo(probability > 0 ? 11 : 10);
  }

  @Test
  void lists_areCopied() {
    List<String> classes = Presets.fashionMnist().model().classes();
    assertThatThrownBy(() -> classes.add("Glove"))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}

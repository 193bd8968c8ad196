"""check.py FOLDER [TYPE…]: parameters of imported configurations must be exactly those of the models that transformers builds of them.

Each type is built with the defaults of its configuration class, shrunken to odd sizes, and shrunken with every flag of its shape turned. Parts for
pictures and sound are not built: the text part is, and the file that is imported holds it inside the whole configuration.
"""

import dataclasses
import importlib
import inspect
import json
import os
import pathlib
import re
import subprocess
import sys

import torch
import transformers
from transformers import AutoModelForCausalLM
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES, MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES)

transformers.logging.set_verbosity_error()

# Types that are no decoders of text alone; the import must say so.
OTHERS = set(
    "bart bert bert-generation big_bird bigbird_pegasus blenderbot blenderbot-small blt camembert cpmant data2vec-text electra ernie git marian mbart "
    "megatron-bert musicgen musicgen_melody mvp pegasus plbart prophetnet reformer rembert roberta roberta-prelayernorm roc_bert roformer trocr "
    "whisper xlm xlm-roberta xlm-roberta-xl xlnet xmod gemma4_assistant gemma4_unified_assistant blip florence2 kosmos-2 kosmos-2.5 pix2struct "
    "t5gemma2 udop vision-encoder-decoder evolla idefics kyutai_speech_to_text ernie4_5_vl_moe".split())
# Types whose text part transformers builds only together with the parts for pictures or sound.
WHOLE_ONLY = {"deepseek_ocr2", "pi0", "pp_formulanet", "qwen2_5_omni", "qwen3_omni_moe"}

SIZES = {
    "hidden_size": 120, "n_embd": 120, "d_model": 120, "intermediate_size": 154, "ffn_dim": 154, "n_inner": 154, "dff": 154, "ffn_hidden_size": 154,
    "intermediate_size_mlp": 166, "moe_intermediate_size": 38, "shared_expert_intermediate_size": 46, "shared_intermediate_size": 46,
    "moe_shared_expert_intermediate_size": 46, "expert_ffn_hidden_size": 38, "prefix_dense_intermediate_size": 62,
    "num_hidden_layers": 9, "n_layer": 9, "num_layers": 9, "n_layers": 9, "num_attention_heads": 6, "n_head": 6, "num_heads": 6, "n_heads": 6,
    "attention_heads": 6, "num_key_value_heads": 2, "num_kv_heads": 2, "head_dim": 14, "global_head_dim": 22, "kv_channels": 14,
    "vocab_size": 331, "vocab_size_per_layer_input": 317, "hidden_size_per_layer_input": 26, "max_position_embeddings": 137, "n_positions": 137,
    "max_seq_len": 137, "num_experts": 5, "n_routed_experts": 5, "num_local_experts": 5, "moe_num_experts": 5, "num_experts_per_tok": 2, "moe_topk": 2,
    "moe_k": 2, "top_k_experts": 2, "n_shared_experts": 3, "num_shared_experts": 3, "moe_num_shared_experts": 3, "zero_expert_num": 0, "n_group": 1,
    "topk_group": 1, "first_k_dense_replace": 2, "num_dense_layers": 2, "q_lora_rank": 29, "kv_lora_rank": 23, "qk_nope_head_dim": 10,
    "qk_rope_head_dim": 6, "v_head_dim": 12, "index_n_heads": 3, "index_head_dim": 10, "index_topk": 7, "o_groups": 3, "o_lora_rank": 11,
    "mamba_n_heads": 12, "mamba_d_head": 20, "mamba_num_heads": 12, "mamba_head_dim": 20, "mamba_n_groups": 3, "n_groups": 3, "mamba_ngroups": 3,
    "mamba_d_state": 18, "ssm_state_size": 18, "state_size": 18, "mamba_d_conv": 3, "conv_kernel": 3, "mamba_dt_rank": 17, "time_step_rank": 17,
    "moe_latent_size": 34, "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 11, "linear_value_head_dim": 13,
    "linear_conv_kernel_dim": 3, "conv_L_cache": 5, "laurel_rank": 19, "altup_num_inputs": 3, "num_kv_shared_layers": 3, "adapter_rank": 15,
    "lru_width": 132, "conv1d_width": 3, "window_size": 31, "sliding_window": 33, "attention_chunk_size": 33, "attention_window_size": 33,
    "decoder_sparse_step": 2, "interleave_moe_layer_step": 2, "moe_layer_start_index": 2, "moe_layer_end_index": 6, "moe_layer_interval": 2,
    "expert_layer_period": 2, "expert_layer_offset": 1, "attn_layer_period": 4, "attn_layer_offset": 2, "full_attention_interval": 3, "hc_mult": 3,
    "attention_hidden_size": 132, "num_mem_blocks": 2, "num_nextn_predict_layers": 0,
}
# What a type needs beside or instead: sizes that its code ties together, or that its class leaves open.
OWN = {
    "bamba": {"attn_layer_indices": [2, 5]}, "cohere2": {"head_dim": None}, "dbrx": {"attn_config": {"kv_n_heads": 2, "rope_theta": 10000.0}, "ffn_config": {"hidden_size": 120, "ffn_hidden_size": 154, "moe_num_experts": 5, "moe_top_k": 2}},
    "falcon_h1": {"mamba_d_ssm": 240}, "glm4_moe_lite": {"head_dim": None}, "granitemoehybrid": {"layer_types": ["mamba", "attention", "mamba"] * 3},
    "gemma4_text": {"num_global_key_value_heads": 3}, "gemma4_unified_text": {"num_global_key_value_heads": 3},
    "hrm_text": {"num_hidden_layers": 3}, "jetmoe": {"num_attention_heads": 4}, "lfm2": {"full_attn_idxs": [2, 5], "head_dim": None},
    "lfm2_moe": {"layer_types": ["conv", "full_attention", "conv"] * 3, "head_dim": None},
    "longcat_flash": {"num_layers": 3, "num_hidden_layers": 6, "ffn_hidden_size": 154},
    "mamba2": {"num_heads": 12, "head_dim": 20}, "mllama_text_model": {"cross_attention_layers": [2, 5]}, "moshi": {"ffn_dim": 154},
    "nemotron_h": {"layers_block_type": ["mamba", "mlp", "moe", "attention", "mamba"], "num_hidden_layers": None},
    "opt": {"word_embed_proj_dim": 120}, "recurrent_gemma": {"head_dim": None},
    "xlstm": {"hidden_size": 120, "num_blocks": 9, "num_heads": 4, "num_hidden_layers": 9}, "zamba": {"attention_hidden_size": None, "attention_head_dim": None},
    "zamba2": {"n_mamba_heads": 12, "layers_block_type": ["mamba", "hybrid", "mamba"] * 3, "num_attention_heads": 6, "num_key_value_heads": 2, "num_mem_blocks": 2},
    "laguna": {"num_attention_heads_per_layer": [6, 4, 8] * 3, "layer_types": ["full_attention", "sliding_attention", "full_attention"] * 3},
    "gpt_neo": {"attention_types": [[["global", "local"], 4], [["global"], 1]], "intermediate_size": 154},
    "gptj": {"rotary_dim": 4}, "codegen": {"rotary_dim": 4},
    "deepseek_v4": {"head_dim": 14, "num_key_value_heads": 1}, "hunyuan_v1_moe": {"moe_topk": 2}, "nemotron": {"head_dim": 14}, "helium": {"head_dim": 20}, "chameleon": {"vq_config": {"base_channels": 32}, "vocabulary_map": {"<image>": 3}, "head_dim": None},
}
# Defaults of a class that describe no model alone.
DEFAULTS = {
    "deepseek_v2": {"num_experts_per_tok": 6}, "glm4_moe": {"head_dim": 128}, "hunyuan_v1_dense": {"head_dim": 128}, "hunyuan_v1_moe": {"head_dim": 128},
    "ministral": {"head_dim": 128}, "nemotron": {"head_dim": 128, "num_key_value_heads": 8}, "glm4v_moe_text": {"head_dim": 128}, "qwen3_omni_moe_text": {"head_dim": 128},
    "chameleon": {"vq_config": {"base_channels": 32}, "vocabulary_map": {"<image>": 3}}, "dots1": {"n_routed_experts": 64, "n_shared_experts": 2, "num_experts_per_tok": 6}, "lfm2_moe": {"layer_types": ["conv", "full_attention"] * 16},
    "dbrx": {"attn_config": {"kv_n_heads": 8, "rope_theta": 10000.0}, "ffn_config": {"hidden_size": 2048, "ffn_hidden_size": 3584, "moe_num_experts": 4, "moe_top_k": 1}, "d_model": 2048, "n_heads": 16},
}
FLAGS = (
    "attention_bias mlp_bias use_bias bias attention_out_bias qkv_bias use_qkv_bias enable_bias lm_head_bias add_bias_linear mamba_proj_bias "
    "mamba_conv_bias use_conv_bias conv_bias qk_layernorm use_qk_norm use_parallel_residual parallel_attn multi_query new_decoder_architecture alibi "
    "tie_word_embeddings use_post_norm norm_bias classifier_bias attention_k_eq_v use_double_wide_mlp enable_moe_block mamba_rms_norm "
    "use_shared_attention_adapter block_auto_adjust_ff_dim add_out_norm").split()
# Flags that a class has and whose code ignores or refuses what they turn on.
UNTURNED = {
    "nemotron_h": {"mlp_bias"}, "xlstm": {"use_bias"}, "dbrx": {"tie_word_embeddings"},
    # The class shares the blocks of its layers only where it shares the embedding too.
    "zamba": {"tie_word_embeddings"}, "zamba2": {"tie_word_embeddings"},
}
# What classes allot and never use: the first matrix of LongCat's zero experts, which have no weights, and the inputs of DBRX's router beyond the
# stream's width.
KNOWN = {
    "longcat_flash": lambda c: c.zero_expert_num * 2 * c.expert_ffn_hidden_size * c.hidden_size * c.num_layers,
    "dbrx": lambda c: (c.ffn_config.ffn_hidden_size - c.d_model) * c.ffn_config.moe_num_experts * c.n_layers,
}


def variants(kind):
    """Configurations of a type: (name, configuration)."""
    make = CONFIG_MAPPING[kind]
    text = text_class(kind)
    known = {field.name for field in dataclasses.fields(text)}
    if (kind == text.model_type or kind in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES) and text is make:
        wrap = make
    else:
        wrap = lambda **sizes: make(text_config={**(sizes), "model_type": text.model_type})
    inner = text.model_type
    yield "default", wrap(**DEFAULTS.get(inner, {}))
    own = {key: value for key, value in OWN.get(inner, {}).items()}
    sizes = {key: value for key, value in SIZES.items() if key in known} | own
    sizes = {key: value for key, value in sizes.items() if value is not None} | ({"pad_token_id": 0} if "pad_token_id" in known else {})
    yield "shrunken", wrap(**sizes)
    for flag in FLAGS:
        if flag in known and flag not in UNTURNED.get(inner, ()):
            usual = getattr(text(**sizes), flag)
            more = {"num_experts": 5, "top_k_experts": 2, "moe_intermediate_size": 38} if flag == "enable_moe_block" else {}
            yield f"shrunken, {flag} {not usual}", wrap(**{**sizes, **more, flag: not usual})


def text_class(kind):
    return type(CONFIG_MAPPING[kind]().get_text_config())


def count(configuration):
    """Parameters of the text model, tied ones once."""
    text = configuration.get_text_config()
    with torch.device("meta"):
        if text.model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
            model, head = AutoModelForCausalLM.from_config(text), 0
        else:
            model = model_class(text)(text)
            head = 0 if type(model).__name__.endswith("ForCausalLM") or tied(configuration, text) else text.vocab_size * text.hidden_size
    model.tie_weights()
    left_out = re.compile(r"(^|\.)(vision|visual|audio|image|vqmodel|embed_tokens_extend)")
    total = sum(p.numel() for name, p in model.named_parameters() if not left_out.search(name))
    known = KNOWN.get(text.model_type)
    return total + head - (known(text) if known else 0)


def tied(configuration, text):
    return getattr(text, "tie_word_embeddings", configuration.tie_word_embeddings)


def takes(c, text):
    """Whether a class is made of the configuration of a text part."""
    made_of = inspect.signature(c.__init__).parameters.get("config")
    return getattr(c, "config_class", None) is type(text) or (made_of and made_of.annotation in (type(text), type(text).__name__))


def model_class(text):
    """The class of a text part that no mapping names: with a head where there is one."""
    module = importlib.import_module(type(text).__module__.replace("configuration_", "modeling_"))
    classes = [c for c in vars(module).values() if isinstance(c, type) and takes(c, text)]
    for ending in ("ForCausalLM", "TextModel", "LanguageModel", "Model"):
        for c in classes:
            if c.__name__.endswith(ending) and not c.__name__.endswith("PreTrainedModel"):
                return c
    raise ValueError(f"no class for {type(text).__name__}")


def ask(path):
    """(total or None, what was said)."""
    if importer := os.environ.get("MESHWRIGHT_IMPORTER"):
        said = subprocess.run([importer, path], capture_output=True, text=True).stdout
        found = re.match(r"\S+ (\d+) \d+ \w+ same", said)
        return (int(found[1]) if found else None), said.strip()
    tool = os.environ.get("MESHWRIGHT", "../../../.build/debug/meshwright")
    model = path + ".yaml"
    imported = subprocess.run([tool, "model", "import", path, "--output", model, "--force"], capture_output=True, text=True)
    if imported.returncode:
        return None, imported.stderr.strip()
    shown = subprocess.run([tool, "model", "show", model, "--format", "json"], capture_output=True, text=True)
    return (json.loads(shown.stdout)["parameters"]["total"] if shown.returncode == 0 else None), shown.stderr.strip()


def main():
    folder = pathlib.Path(sys.argv[1])
    names = set(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES) | set(MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES) | set(MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES)
    kinds = sys.argv[2:] or sorted(names)
    exact, compared, wrong, unbuilt = set(), 0, [], []
    for kind in kinds:
        if kind in OTHERS or kind in WHOLE_ONLY:
            if kind in OTHERS:
                path = folder / f"{kind}.json"
                path.write_text(json.dumps({"model_type": kind, "hidden_size": 64}))
                total, said = ask(str(path))
                if total is not None or "not a decoder" not in said:
                    wrong.append(f"{kind}: must be refused as no decoder of text: {said}")
            continue
        try:
            for name, configuration in variants(kind):
                try:
                    expected = count(configuration)
                except Exception as error:  # whatever the class cannot build itself
                    unbuilt.append(f"{kind}, {name}: {type(error).__name__}: {str(error)[:100]}")
                    continue
                path = folder / f"{kind} {name}.json".replace(" ", "-").replace(",", "")
                path.write_text(configuration.to_json_string(use_diff=False))
                total, said = ask(str(path))
                compared += 1
                if total == expected:
                    exact.add(kind)
                else:
                    wrong.append(f"{kind}, {name}: transformers builds {expected}, imported {total} ({(total or 0) - expected:+}): {said[:300]}")
        except Exception as error:
            unbuilt.append(f"{kind}: {type(error).__name__}: {str(error)[:100]}")
    for line in unbuilt:
        print("not built:", line)
    for line in wrong:
        print("WRONG:", line)
    print(f"{compared} configurations of {len(exact)} types compared, {len(wrong)} differ, {len(unbuilt)} could not be built")
    if not sys.argv[2:] and len(exact) < 60:
        print("fewer than 60 types")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

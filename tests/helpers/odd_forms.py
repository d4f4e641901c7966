"""Tiny models in the forms that the field has them in: pickles, SentencePiece, GGUF."""

import json
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gguf
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers.convert_slow_tokenizer import import_protobuf

from tests.helpers.writers import replies

NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
UNIGRAM, BPE = 1, 2


class Program:
    """What runs a program when it is unpickled: it makes the file `ran`."""

    def __init__(self, ran: Path) -> None:
        self.ran = ran

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        import os

        return os.system, (f"touch '{self.ran}'",)


def as_pickle(folder: Path, parts: int = 1) -> Path:
    """The weights of a folder as pytorch_model.bin, in one or several files, in place."""
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    if parts == 1:
        torch.save(weights, folder / "pytorch_model.bin")
        return folder
    where = {}
    for part in range(parts):
        name = f"pytorch_model-{part + 1:05}-of-{parts:05}.bin"
        names = sorted(weights)[part::parts]
        torch.save({key: weights[key] for key in names}, folder / name)
        where |= dict.fromkeys(names, name)
    index = {"metadata": {}, "weight_map": where}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))
    return folder


def as_malicious(folder: Path, ran: Path, *, beside_weights: bool = True) -> Path:
    """A folder whose pickle runs a program when it is opened without care."""
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    content = {**weights, "extra": Program(ran)} if beside_weights else Program(ran)
    file = folder / "pytorch_model.bin"
    torch.save(content, file) if beside_weights else file.write_bytes(pickle.dumps(content))
    return folder


def sentencepiece(
    path: Path,
    kind: int = BPE,
    special: Sequence[str] = ("<unk>", "<s>", "</s>"),
    *,
    prefix: bool = True,
) -> Path:
    """A SentencePiece vocabulary of short words, as the program of that name writes it."""
    proto = import_protobuf().ModelProto()
    proto.trainer_spec.model_type = kind
    proto.trainer_spec.byte_fallback = kind == BPE
    proto.trainer_spec.unk_id = next(i for i, s in enumerate(special) if "unk" in s.lower())
    proto.trainer_spec.unk_piece = special[proto.trainer_spec.unk_id]
    proto.normalizer_spec.add_dummy_prefix = prefix
    pieces = [(s, UNKNOWN if "unk" in s.lower() else CONTROL, 0.0) for s in special]
    if kind == BPE:
        pieces += [(f"<0x{byte:02X}>", BYTE, 0.0) for byte in range(256)]
    for number, (word, score) in enumerate(_words()):
        if word not in special:
            pieces.append((word, NORMAL, score if kind == UNIGRAM else -float(number)))
    for text, type_, score in pieces:
        piece = proto.pieces.add()
        piece.piece, piece.type, piece.score = text, type_, score
    path.write_bytes(proto.SerializeToString())
    return path


def _words() -> list[tuple[str, float]]:
    core = Tokenizer(models.Unigram())
    core.pre_tokenizer = pre_tokenizers.Metaspace()
    texts = [f"{row['prompt']} {row['response']}" for row in replies(12)]
    core.train_from_iterator(
        [*texts, "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 ,.!?'#:\n"],
        trainers.UnigramTrainer(vocab_size=120, unk_token="<unk>", show_progress=False),
    )
    found: list[tuple[str, float]] = json.loads(core.to_str())["model"]["vocab"]
    return found


def write_gguf(
    path: Path, folder: Path, architecture: str = "llama", *, pre: str = "gpt-2",
    kind: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32,
) -> Path:  # fmt: skip
    """The Llama in a folder, whose tokenizer is one of bytes, as a GGUF file."""
    config = json.loads((folder / "config.json").read_text())
    plan = json.loads((folder / "tokenizer.json").read_text())
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_dimension_count(config["hidden_size"] // config["num_attention_heads"])
    _write_vocabulary(writer, folder, plan, pre)
    for name, weight in _gguf_names(load_file(folder / "model.safetensors"), config):
        values = weight.float().numpy()
        packed = weight.ndim == 2 and kind != gguf.GGMLQuantizationType.F32
        how = kind if packed else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, gguf.quantize(values, how) if packed else values, raw_dtype=how)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _write_vocabulary(
    writer: gguf.GGUFWriter, folder: Path, plan: Mapping[str, Any], pre: str
) -> None:
    words = sorted(plan["model"]["vocab"].items(), key=lambda item: item[1])
    special = {token["id"] for token in plan["added_tokens"] if token["special"]}
    told = json.loads((folder / "tokenizer_config.json").read_text())
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list([word for word, _ in words])
    writer.add_token_types([3 if number in special else 1 for _, number in words])
    merges = [m if isinstance(m, str) else " ".join(m) for m in plan["model"]["merges"]]
    writer.add_token_merges(merges)
    ids = plan["model"]["vocab"]
    writer.add_eos_token_id(ids[told["eos_token"]])
    writer.add_pad_token_id(ids[told["pad_token"]])
    writer.add_add_bos_token(False)
    template = folder / "chat_template.jinja"
    if template.is_file():
        writer.add_chat_template(template.read_text())


_PARTS = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}  # fmt: skip


def _gguf_names(
    weights: Mapping[str, torch.Tensor], config: Mapping[str, Any]
) -> list[tuple[str, torch.Tensor]]:
    """Llama's weights under llama.cpp's names; queries and keys in the order it has them."""
    found = []
    for name, weight in weights.items():
        bare = name.removesuffix(".weight").removeprefix("model.")
        if bare.startswith("layers."):
            _, number, part = bare.split(".", 2)
            heads = {"attn_q": "num_attention_heads", "attn_k": "num_key_value_heads"}
            if (short := _PARTS[part]) in heads:
                weight = _permuted(weight, config[heads[short]])
            found.append((f"blk.{number}.{short}.weight", weight.contiguous()))
        else:
            outer = {"embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output"}
            found.append((f"{outer[bare]}.weight", weight))
    return found


def _permuted(weight: torch.Tensor, heads: int) -> torch.Tensor:
    rows, columns = weight.shape
    return (
        weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)
    )

"""GGUF files: the model that they were made from comes out of them again."""

from pathlib import Path

import gguf
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from tests.helpers.odd_forms import write_gguf
from tests.helpers.writers import make_writer
from workbench.core.errors import WorkbenchError
from workbench.core.templates.chat_template import ChatTemplate
from workbench.engine.models import gguf_file

TEXT = "<|im_start|>Where is my pen 2024?<|im_end|>"


def unpacked(source: Path, tmp_path: Path, **values: object) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    gguf_file.write_gguf(write_gguf(tmp_path / "m.gguf", source, **values), folder)  # type: ignore[arg-type]
    return folder


def logits(folder: Path) -> torch.Tensor:
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with torch.no_grad():
        found: torch.Tensor = model(torch.arange(5, 25)[None]).logits
    return found


def test_weights_tokens_and_template_are_those_of_the_original(
    writer: Path, tmp_path: Path
) -> None:
    folder = unpacked(writer, tmp_path)
    assert torch.allclose(logits(folder), logits(writer), atol=1e-4)
    before, after = AutoTokenizer.from_pretrained(writer), AutoTokenizer.from_pretrained(folder)
    assert after(TEXT)["input_ids"] == before(TEXT)["input_ids"]
    assert after.eos_token == before.eos_token
    assert ChatTemplate.load(folder) is not None
    assert after.chat_template == before.chat_template


def test_packed_weights_are_near_the_original(writer: Path, tmp_path: Path) -> None:
    folder = unpacked(writer, tmp_path, kind=gguf.GGMLQuantizationType.Q8_0)
    there, here = logits(folder), logits(writer)
    assert not torch.equal(there, here)
    assert torch.corrcoef(torch.stack([there.flatten(), here.flatten()]))[0, 1] > 0.99


def test_a_head_that_is_the_embeddings_stays_that(tmp_path: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(make_writer(tmp_path / "llama"))
    model.config.tie_word_embeddings = True
    model.tie_weights()
    model.save_pretrained(tmp_path / "llama")
    folder = unpacked(tmp_path / "llama", tmp_path)
    again = AutoModelForCausalLM.from_pretrained(folder)
    assert again.config.tie_word_embeddings
    assert again.lm_head.weight is again.model.embed_tokens.weight


def test_digits_are_words_of_their_own_where_the_file_says_so(writer: Path, tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "m.gguf", writer, pre="smollm")
    core = gguf_file.gguf_tokenizer(file).backend_tokenizer
    assert [word for word, _ in core.pre_tokenizer.pre_tokenize_str("in 2024")] == [
        "in", "Ġ", "2", "0", "2", "4",
    ]  # fmt: skip


def test_rules_that_nobody_knows_are_refused_by_name(writer: Path, tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "m.gguf", writer, pre="of-my-own")
    with pytest.raises(WorkbenchError, match="rules of the name 'of-my-own'"):
        gguf_file.gguf_tokenizer(file)


def test_a_file_whose_weights_are_cut_off_is_a_sentence(writer: Path, tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "m.gguf", writer)
    file.write_bytes(file.read_bytes()[:-5000])
    with pytest.raises(WorkbenchError, match=r"m\.gguf cannot be unpacked"):
        gguf_file.write_gguf(file, tmp_path)

"""The bundled models, prepared."""

from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from workbench.core.errors import WorkbenchError
from workbench.engine.models import prepare
from workbench.engine.runtime import device
from workbench.models import bundled
from workbench.models.bundled import BUNDLED, bundled_path, is_ready


@pytest.fixture(scope="module")
def tokenizer(smol: Path) -> Any:
    return AutoTokenizer.from_pretrained(smol)


def test_special_tokens_are_sane(tokenizer: Any) -> None:
    assert (tokenizer.bos_token, tokenizer.eos_token) == ("<|im_start|>", "<|im_end|>")
    assert tokenizer.pad_token == "<|endoftext|>"
    assert tokenizer.pad_token_id != tokenizer.eos_token_id
    assert tokenizer.model_max_length == 8192


def test_text_is_cut_as_the_published_tokenizer_cuts_it(tokenizer: Any) -> None:
    assert tokenizer.encode("Hello, world 123") == [19556, 28, 905, 216, 33, 34, 35]
    pieces = [tokenizer.decode(i) for i in tokenizer.encode("a  1 b x12\n\n")]
    assert pieces == ["a", "  ", "1", " b", " x", "1", "2", "\n\n"]
    assert tokenizer.encode("<|im_start|>user\nhi<|im_end|>\n") == [
        1, *tokenizer.encode("user\nhi"), 2, *tokenizer.encode("\n"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-03, 12,50 €",
        "Zoë’s café — naïve",
        "日本語 🎉🎉",
        "two  spaces   three",
        "\r\n\ttab ",
    ],
)
def test_every_text_comes_back(tokenizer: Any, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_a_prepared_model_is_not_prepared_again(
    smol: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "_convert", lambda *_: pytest.fail("converted again"))
    assert prepare.ensure_ready(smol.name) == bundled_path(smol.name) == smol


def test_a_damaged_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "model.gguf"
    damaged.write_bytes(b"GGUF and nothing more")
    monkeypatch.setattr(prepare, "is_ready", lambda name: False)
    monkeypatch.setattr(prepare, "shipped_path", lambda name: damaged)
    with pytest.raises(WorkbenchError, match=r"damaged .*model\.gguf"):
        prepare.ensure_ready("SmolLM2-135M-Instruct")
    monkeypatch.setattr(prepare, "shipped_path", lambda name: None)
    with pytest.raises(WorkbenchError, match="make setup"):
        prepare.ensure_ready("SmolLM2-135M-Instruct")


def test_a_failed_conversion_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "models" / "SmolLM2-135M-Instruct"
    monkeypatch.setattr(prepare, "bundled_path", lambda name: target)
    monkeypatch.setattr(prepare, "is_ready", lambda name: False)
    monkeypatch.setattr(prepare, "_checked", lambda name: tmp_path / "no.gguf")

    def torn(gguf: Path, folder: Path) -> None:
        (folder / "config.json").write_text("{}")
        raise OSError("disk full")

    monkeypatch.setattr(prepare, "_save_model", torn)
    with pytest.raises(OSError, match="disk full"):
        prepare.ensure_ready("SmolLM2-135M-Instruct")
    assert [path.name for path in target.parent.iterdir()] == ["SmolLM2-135M-Instruct.lock"]


def test_the_machine_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "PROBE_S", 0.01)
    facts = device.write_facts(tmp_path / "share" / "machine.json")
    assert facts["bf16_gflops"] > 0
    assert facts["float32_gflops"] > 0
    assert facts["dtype"] == str(device.dtype()).removeprefix("torch.")
    assert (tmp_path / "share" / "machine.json").is_file()


def test_the_bundled_facts_are_those_of_the_files(smol: Path) -> None:
    from transformers import AutoConfig

    config, facts = AutoConfig.from_pretrained(smol), BUNDLED["SmolLM2-135M-Instruct"]
    assert config.num_hidden_layers == facts.layers
    assert config.hidden_size == facts.hidden_size
    assert config.max_position_embeddings == facts.context_length
    assert config.pad_token_id == 0


def test_what_a_bundled_model_is_found_to_be_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "all-MiniLM-L6-v2"
    if not is_ready(name):
        pytest.skip("all-MiniLM-L6-v2 is not installed: run `make setup`")
    monkeypatch.setattr(bundled, "tried_file", lambda name: tmp_path / "tried" / f"{name}.json")
    assert bundled.tried(name) == {}
    prepare.try_once(name)
    found = bundled.tried(name)
    assert found["packed_layers"] is None
    assert found["checks"]["begin"] == "A text begins with [CLS]."

"""Models in other forms as folders that can be loaded, in a process of its own."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer

from tests.helpers.encoders import make_encoder
from tests.helpers.odd_forms import as_pickle, sentencepiece
from tests.helpers.writers import make_writer
from workbench.engine.models.convert import REFUSED, write_folder
from workbench.models.formats import model_files
from workbench.models.inspect import inspect_folder


def converted(source: Path, target: Path) -> Path:
    target.mkdir()
    write_folder(source, model_files(source), target, inspect_folder(source).model_type)
    return target


@pytest.mark.parametrize("parts", [1, 3])
def test_a_pickled_model_gives_the_same_logits(tmp_path: Path, parts: int) -> None:
    source = make_writer(tmp_path / "m")
    before = AutoModelForCausalLM.from_pretrained(source).state_dict()
    folder = converted(as_pickle(source, parts), tmp_path / "out")
    after = AutoModelForCausalLM.from_pretrained(folder, use_safetensors=True).state_dict()
    assert set(after) == set(before)
    assert all(torch.equal(after[name], weight) for name, weight in before.items())
    assert AutoTokenizer.from_pretrained(folder).chat_template
    assert not list(folder.glob("*.bin*"))


def test_old_names_of_norms_are_understood(tmp_path: Path) -> None:
    source = make_encoder(tmp_path / "m")
    before = AutoModel.from_pretrained(source).state_dict()
    as_pickle(source)
    weights = torch.load(source / "pytorch_model.bin")
    old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    for new, name in old.items():
        weights = {key.replace(new, name): weight for key, weight in weights.items()}
    torch.save(weights, source / "pytorch_model.bin")
    after = AutoModel.from_pretrained(converted(source, tmp_path / "out")).state_dict()
    assert all(torch.equal(after[name], weight) for name, weight in before.items())


def test_a_config_that_names_no_type_is_completed_in_the_copy(tmp_path: Path) -> None:
    source = make_encoder(tmp_path / "m")
    config = json.loads((source / "config.json").read_text())
    del config["model_type"]
    (source / "config.json").write_text(json.dumps(config))
    folder = converted(source, tmp_path / "out")
    assert AutoModel.from_pretrained(folder).config.model_type == "bert"
    assert "model_type" not in json.loads((source / "config.json").read_text())


def test_only_the_tokenizer_is_written_where_only_that_is_odd(tmp_path: Path) -> None:
    source = make_writer(tmp_path / "m")
    (source / "tokenizer.json").unlink()
    (source / "tokenizer_config.json").unlink()
    sentencepiece(source / "tokenizer.model")
    (source / "modeling_own.py").write_text("raise SystemExit")
    folder = converted(source, tmp_path / "out")
    assert (folder / "tokenizer.json").is_file()
    assert not list(folder.glob("*.py"))
    weights = "model.safetensors"
    assert os.path.samefile(folder / weights, source / weights)


def _run(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    target.mkdir()
    command = [
        sys.executable,
        "-m",
        "workbench.engine.models.convert",
        source,
        target,
        "pickle",
        "",
    ]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)


def test_a_file_that_asks_for_more_memory_than_it_may_is_a_sentence(tmp_path: Path) -> None:
    source = make_writer(tmp_path / "m")
    as_pickle(source)
    greedy = b"\x80\x02cbuiltins\nbytearray\n" + pickle.dumps(2**33, 2)[2:-1] + b"\x85R."
    (source / "pytorch_model.bin").write_bytes(greedy)
    done = _run(source, tmp_path / "out")
    assert done.returncode == 1
    assert "more memory than a model of its size needs" in (tmp_path / "out" / REFUSED).read_text()

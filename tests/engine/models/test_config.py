"""What a model's folder may not choose: the programs that it is run by."""

import json
from pathlib import Path

import pytest

from tests.helpers.encoders import make_encoder
from tests.helpers.writers import make_writer
from workbench.core.errors import WorkbenchError
from workbench.engine.causal.batches import longest_example
from workbench.engine.encoder.encoder import load_encoder
from workbench.engine.models.load import load_base, load_tokenizer

OF_ITS_OWN = {"AutoConfig": "someone/code--config.Config", "AutoModel": "someone/code--model.Model"}


def edit(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.parametrize("choice", ["someone/kernel", "kernels-community/x", "flash_attention_2"])
def test_attention_is_not_chosen_by_the_folder(tmp_path: Path, choice: str) -> None:
    usual = load_base(make_writer(tmp_path / "writer")).config._attn_implementation
    edit(tmp_path / "writer" / "config.json", attn_implementation=choice)
    assert load_base(tmp_path / "writer").config._attn_implementation == usual
    edit(make_encoder(tmp_path / "encoder") / "config.json", attn_implementation=choice)
    assert load_encoder(tmp_path / "encoder").body.config._attn_implementation in {"eager", "sdpa"}


def test_a_folder_with_programs_of_its_own_is_refused_in_a_sentence(tmp_path: Path) -> None:
    writer, encoder = make_writer(tmp_path / "writer"), make_encoder(tmp_path / "encoder")
    for folder in (writer, encoder):
        edit(folder / "config.json", auto_map=OF_ITS_OWN, model_type="its-own")
    for load in (load_base, longest_example_of, load_encoder):
        with pytest.raises(WorkbenchError, match="without running programs that come with it"):
            load(encoder if load is load_encoder else writer)


def longest_example_of(folder: Path) -> int:
    return longest_example(folder, 64)


def test_so_is_a_tokenizer_with_a_program_of_its_own(tmp_path: Path) -> None:
    folder = make_writer(tmp_path / "writer")
    own = {"AutoTokenizer": ["someone/code--tokens.Tokenizer", None]}
    edit(folder / "tokenizer_config.json", auto_map=own, tokenizer_class="ItsOwnTokenizer")
    with pytest.raises(WorkbenchError, match=r"tokenizer .* without running programs"):
        load_tokenizer(folder)


def test_weights_that_need_a_package_that_is_not_there_are_refused(tmp_path: Path) -> None:
    folder = make_writer(tmp_path / "writer")
    edit(folder / "config.json", quantization_config={"quant_method": "gptq", "bits": 4})
    with pytest.raises(WorkbenchError, match="cannot be loaded"):
        load_base(folder)

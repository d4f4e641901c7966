"""Folders of models that write, asked by whoever has transformers and peft alone."""

from pathlib import Path

import pytest
from peft import LoraConfig, get_peft_model
from transformers import AutoTokenizer

from tests.helpers.field_models import make_writer
from workbench.engine.export.questions import Question
from workbench.engine.export.writers import read_causal
from workbench.engine.models.config import load_config, writer_class

pytestmark = pytest.mark.usefixtures("one_thread")
SEES_AS_WELL = "smolvlm"


@pytest.mark.parametrize("form", ["merged", "adapter"])
def test_a_model_that_sees_as_well_is_read_by_its_own_class(tmp_path: Path, form: str) -> None:
    base = make_writer(tmp_path / "base", SEES_AS_WELL)
    folder, of = base, None
    if form == "adapter":
        folder, of = tmp_path / "adapter", base
        model = writer_class(load_config(base)).from_pretrained(base)
        get_peft_model(model, LoraConfig(target_modules=["q_proj"])).save_pretrained(folder)
        AutoTokenizer.from_pretrained(base).save_pretrained(folder)
        model.generation_config.save_pretrained(folder)
    texts, prompts = read_causal(folder, [Question(text="A pen")], 4, lambda: None, base=of)
    assert prompts == ["A pen"]
    assert len(texts) == 1

"""Encoder-decoders tried when they are added."""

from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.rewriters import make_rewriter
from workbench.core.errors import WorkbenchError
from workbench.engine.seq2seq.checked_load import checked_load

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


@pytest.mark.parametrize("name", ["t5", "bart", "marian"])
def test_it_is_whole_packed_and_learns(tmp_path: Path, name: str) -> None:
    found = checked_load(make_rewriter(tmp_path / name, name), lambda *_: None)
    assert found.packed_layers
    assert set(found.checks) == {"weights", "4 bits", "end", "answers", "learning"}


def test_one_with_broken_numbers_is_refused(tmp_path: Path) -> None:
    folder = make_rewriter(tmp_path / "t5", "t5")
    weights = load_file(folder / "model.safetensors")
    broken = {name: weight * float("nan") for name, weight in weights.items()}
    save_file(broken, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(WorkbenchError, match="what it gives is no number"):
        checked_load(folder, lambda *_: None)

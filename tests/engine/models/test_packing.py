"""What is said of 4 bits is counted on the model."""

from pathlib import Path

import pytest
from torch import nn

from tests.helpers.rewriters import make_rewriter
from tests.helpers.writers import make_writer
from workbench.core.errors import WorkbenchError
from workbench.engine.models.load import load_base
from workbench.engine.models.packing import packing_of
from workbench.engine.seq2seq.model import load_rewriter

pytestmark = pytest.mark.usefixtures("one_thread")


def test_layers_that_stay_wide_are_counted_and_named(tmp_path: Path) -> None:
    model = load_rewriter(make_rewriter(tmp_path / "t5"), "nf4")
    packing = packing_of(model, "nf4")
    assert packing is not None
    assert (packing.packed, packing.kept, packing.kept_layers) == (28, ("wo",), 4)
    wide = {2: "16", 4: "32"}[packing.kept_bytes]
    assert packing.sentence == (f"In 4 bits: 28 of 32 layers; the others (wo) stay in {wide} bits.")


@pytest.mark.parametrize(("quantization", "bits"), [("nf4", 4), ("int8", 8)])
def test_where_all_are_packed_all_are_counted(tmp_path: Path, quantization: str, bits: int) -> None:
    packing = packing_of(load_base(make_writer(tmp_path / "llama"), quantization), quantization)
    assert packing is not None
    assert packing.sentence == f"In {bits} bits: all 14 layers."


def test_nothing_is_counted_where_nothing_is_to_be_packed(writer: Path) -> None:
    assert packing_of(load_base(writer), "none") is None


def test_a_label_that_is_not_true_is_refused(writer: Path) -> None:
    model = load_base(writer)
    assert any(isinstance(module, nn.Linear) for module in model.modules())
    with pytest.raises(WorkbenchError, match="None of this model's layers can be kept in 4 bits"):
        packing_of(model, "nf4")

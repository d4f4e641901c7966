"""A model whose weights are not all there, or not its own, is refused whatever its family."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.helpers.encoders import make_encoder
from tests.helpers.rewriters import make_rewriter
from tests.helpers.writers import make_writer
from workbench.core.errors import WorkbenchError
from workbench.engine.encoder.encoder import load_encoder
from workbench.engine.models.load import load_base
from workbench.engine.seq2seq.model import load_rewriter

pytestmark = pytest.mark.usefixtures("one_thread")
MAKERS = {
    "causal": (make_writer, load_base, "model.layers.1.mlp.up_proj.weight"),
    "encoder": (make_encoder, load_encoder, "encoder.layer.1.output.dense.weight"),
    "seq2seq": (make_rewriter, load_rewriter, "decoder.block.1.layer.2.DenseReluDense.wo.weight"),
}


def edit(folder: Path, gone: str = "", **more: torch.Tensor) -> None:
    """Take a weight out of a folder's file, and put others in."""
    file = folder / "model.safetensors"
    weights = load_file(file)
    if gone:
        del weights[gone]
    save_file({**weights, **more}, file, metadata={"format": "pt"})


def with_one_more_layer(folder: Path, weight: str) -> None:
    beyond = weight.replace(".1.", ".9.", 1)
    edit(folder, **{beyond: load_file(folder / "model.safetensors")[weight]})


@pytest.mark.parametrize("family", MAKERS)
def test_a_model_without_one_of_its_weights_is_refused(tmp_path: Path, family: str) -> None:
    make, load, weight = MAKERS[family]
    folder = make(tmp_path / family)
    load(folder)
    edit(folder, gone=weight)
    with pytest.raises(
        WorkbenchError, match=r"lack 1 of the \d+ parts .*not a complete model"
    ) as e:
        load(folder)
    assert weight in str(e.value)


@pytest.mark.parametrize("family", MAKERS)
def test_weights_of_a_layer_that_the_config_does_not_name_are_refused(
    tmp_path: Path, family: str
) -> None:
    make, load, weight = MAKERS[family]
    folder = make(tmp_path / family)
    with_one_more_layer(folder, weight)
    with pytest.raises(WorkbenchError, match=r"has no place for .*\.9\.") as refused:
        load(folder)
    assert "1 parts" in str(refused.value)


@pytest.mark.parametrize("family", ["pegasus", "marian", "blenderbot", "prophetnet", "bart"])
def test_the_decoder_of_an_encoder_decoder_is_no_model_that_writes(
    tmp_path: Path, family: str
) -> None:
    """It would have learned with random embeddings, and nothing would have been said."""
    folder = make_rewriter(tmp_path / family, family)
    with pytest.raises(WorkbenchError, match="parts"):
        load_base(folder)


def test_an_encoder_alone_is_no_encoder_decoder(tmp_path: Path) -> None:
    folder = make_rewriter(tmp_path / "t5")
    file = folder / "model.safetensors"
    kept = {k: v for k, v in load_file(file).items() if not k.startswith("decoder.")}
    save_file(kept, file, metadata={"format": "pt"})
    with pytest.raises(WorkbenchError, match=r"lack \d\d of the \d\d parts"):
        load_rewriter(folder)


def test_a_head_for_another_purpose_is_left_alone_but_by_encoder_decoders(tmp_path: Path) -> None:
    writer, rewriter = make_writer(tmp_path / "writer"), make_rewriter(tmp_path / "t5")
    for folder in (writer, rewriter):
        edit(folder, **{"score.weight": torch.zeros(2, 32)})
    load_base(writer)
    with pytest.raises(WorkbenchError, match=r"no place for \(score\.weight\)"):
        load_rewriter(rewriter)


def test_tied_weights_are_not_missing(tmp_path: Path) -> None:
    folder = make_rewriter(tmp_path / "bart", "bart")
    assert "lm_head.weight" not in load_file(folder / "model.safetensors")
    model = load_rewriter(folder, "nf4")
    assert model.lm_head.weight.data_ptr() == model.model.shared.weight.data_ptr()


def test_an_encoder_needs_no_pooler(tmp_path: Path) -> None:
    folder = make_encoder(tmp_path / "bert")
    pooler = [k for k in load_file(folder / "model.safetensors") if k.startswith("pooler.")]
    for weight in pooler:
        edit(folder, gone=weight)
    assert pooler
    load_encoder(folder)
    assert json.loads((folder / "config.json").read_text())["model_type"] == "bert"

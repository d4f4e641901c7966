"""An encoder computed without padding sees what the encoder itself sees."""

from pathlib import Path

import pytest
import torch

from tests.helpers.encoders import ARCHITECTURES, make_encoder
from workbench.engine.encoder.encoder import Encoder, load_encoder, precision
from workbench.engine.encoder.fast.body import FastBody, is_known
from workbench.engine.runtime import device

needs_16_bits = pytest.mark.skipif(
    device.device().type != "cpu" or device.dtype() != torch.bfloat16,
    reason="products are packed in bfloat16, for a CPU that has it",
)


def _encoder(folder: Path, architecture: str) -> Encoder:
    encoder = load_encoder(make_encoder(folder, architecture))
    for (
        name,
        weight,
    ) in encoder.body.named_parameters():  # else layers would hardly tell texts apart
        with torch.no_grad():
            weight.add_(torch.randn(weight.shape, generator=torch.manual_seed(len(name))) * 0.2)
    return encoder


def _batch(lengths: list[int]) -> dict[str, torch.Tensor]:
    ids = torch.randint(4, 40, (len(lengths), max(lengths)), generator=torch.manual_seed(1))
    mask = (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()
    return {"input_ids": torch.where(mask > 0, ids, 1), "attention_mask": mask}


@needs_16_bits
@pytest.mark.parametrize("architecture", ["bert", "roberta"])
@pytest.mark.parametrize("lengths", [[9, 7, 7, 1], [6, 6], [20]])
def test_states_are_those_of_the_encoder(
    architecture: str, lengths: list[int], tmp_path: Path
) -> None:
    body, batch = _encoder(tmp_path, architecture).body, _batch(lengths)
    with torch.no_grad():
        exact = body(**batch).last_hidden_state
        with precision():
            usual = body(**batch).last_hidden_state
            found = FastBody(body)(**batch).last_hidden_state
    there = batch["attention_mask"].bool()
    assert found.dtype == torch.float32
    assert not found[~there].any()
    off, usually_off = (float((one - exact)[there].abs().mean()) for one in (found, usual))
    assert 0 < off < 1.3 * usually_off


@needs_16_bits
def test_segments_of_pairs_are_told(tmp_path: Path) -> None:
    body, batch = _encoder(tmp_path, "bert").body, _batch([8, 5])
    kinds = (torch.arange(8) > 3).long().expand(2, 8)
    with torch.no_grad(), precision():
        usual = body(**batch, token_type_ids=kinds).last_hidden_state
        fast = FastBody(body)
        found = fast(**batch, token_type_ids=kinds).last_hidden_state
        without = fast(**batch).last_hidden_state
    there = batch["attention_mask"].bool()
    off = (found - usual)[there].abs().mean()
    assert off < 0.1 * (without - usual)[there].abs().mean()


def test_others_are_left_to_transformers(tmp_path: Path) -> None:
    known = {
        name: is_known(load_encoder(make_encoder(tmp_path / name, name)).body)
        for name in ARCHITECTURES
    }
    assert {name for name, found in known.items() if found} == {"bert", "roberta"}


@pytest.mark.parametrize(
    "changed", [{"hidden_act": "relu"}, {"is_decoder": True}, {"add_cross_attention": True}]
)
def test_bert_of_another_kind_is_left_to_transformers(
    changed: dict[str, object], tmp_path: Path
) -> None:
    body = _encoder(tmp_path, "bert").body
    assert is_known(body)
    for name, value in changed.items():
        setattr(body.config, name, value)
    assert not is_known(body)

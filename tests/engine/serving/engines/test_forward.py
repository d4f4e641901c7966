"""The batching engine writes what transformers writes in float32, for each kind that it takes."""

import pytest
import torch

from tests.engine.serving.engines import made
from tests.engine.serving.engines.made import Loaded, question, some_ids
from workbench.engine.models.products import can_pack
from workbench.engine.serving.engines.agreement import differs
from workbench.engine.serving.engines.batching_engine import BatchingEngine
from workbench.engine.serving.engines.forward import Forward, Piece
from workbench.engine.serving.engines.kv_pool import KeyValues, Shape
from workbench.engine.serving.engines.layers import read_decoder
from workbench.engine.serving.engines.low_rank import read_adapter
from workbench.engine.serving.engines.rotary import Unfit
from workbench.engine.serving.engines.transformers_engine import TransformersEngine
from workbench.engine.serving.fair_lock import FairLock

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("kind", made.OURS)
def test_answers_are_those_of_transformers(kind: str) -> None:
    loaded = Loaded(made.make(made.OURS[kind]))
    for length in (1, 5, 40):
        asked = question(some_ids(length, seed=length))
        assert loaded.by_us(asked) == [loaded.by_transformers(asked)]


@pytest.mark.parametrize("kind", ["llama", "llama, biases", "qwen3", "mistral, window"])
def test_each_answer_of_a_batch_has_its_own_adapter(kind: str) -> None:
    loaded = Loaded(made.make(made.OURS[kind]))
    loaded.add("all", 1)
    loaded.add("attention", 2, target_modules=["q_proj", "v_proj"], use_rslora=True)
    loaded.add("rest", 3, r=7, target_modules=["up_proj", "down_proj", "o_proj", "k_proj"])
    names = [None, "all", "attention", "rest", "all", None]
    asked = [question(some_ids(4 + 3 * n, seed=n), name) for n, name in enumerate(names)]
    expected = [loaded.by_transformers(one) for one in asked]
    assert loaded.by_us(*asked) == expected
    same = [loaded.by_transformers(question(some_ids(7), name)) for name in (None, "all", "rest")]
    assert same[0] != same[1] != same[2], "the adapters change nothing"


@pytest.mark.parametrize("kind", made.OTHERS)
def test_what_it_cannot_compute_it_refuses(kind: str) -> None:
    model = made.make(made.OTHERS[kind])
    with pytest.raises(Unfit):
        BatchingEngine(model, FairLock(), _plain(model), torch.float32)


def test_it_refuses_what_is_built_otherwise() -> None:
    model = made.gpt2()
    with pytest.raises(Unfit):
        BatchingEngine(model, FairLock(), _plain(model), torch.float32)


def test_gemma_is_either_refused_or_right() -> None:
    model = made.make(made.EITHER["gemma"])
    try:
        loaded = Loaded(model)
    except Unfit:
        return
    asked = question(some_ids(12))
    assert loaded.by_us(asked) == [loaded.by_transformers(asked)]


def test_a_norm_that_is_left_out_is_noticed() -> None:
    model = made.make(made.OURS["qwen3"])
    decoder = read_decoder(model, torch.float32)
    shape = Shape(3, 2, 16)
    assert differs(model, Forward(decoder), shape) < 1e-4
    for layer in model.model.layers:
        layer.self_attn.q_norm.weight.mul_(3)
    assert differs(model, Forward(decoder), shape) > 0.05


def test_bfloat16_is_close() -> None:
    if not can_pack():
        pytest.skip("weights are not packed here: torch lacks oneDNN, or the processor bfloat16")
    model = made.make(made.OURS["llama"]).to(torch.bfloat16)
    forward = Forward(read_decoder(model, torch.bfloat16))
    assert differs(model.float(), forward, Shape(3, 2, 8)) < 0.05


def test_whoever_is_answered_beside_it_changes_no_answer() -> None:
    """Gates are computed in another way for rows whose adapter changes them, for those alone."""
    if not can_pack():
        pytest.skip("weights are not packed here: torch lacks oneDNN, or the processor bfloat16")
    loaded = Loaded(made.make(made.OURS["llama"]))
    loaded.add("all", 1)
    loaded.add("attention", 2, target_modules=["q_proj", "v_proj"])
    decoder = read_decoder(loaded.model, torch.bfloat16)
    adapters = {
        name: read_adapter(loaded.model, name, decoder.sides) if name else None
        for name in ("", "all", "attention")
    }
    forward = Forward(decoder)

    def scores(*names: str) -> torch.Tensor:
        return forward(
            [
                Piece(some_ids(9, seed=7), 0, KeyValues(Shape(3, 2, 8), 16), adapters[name])
                for name in names
            ]
        )

    alone = {name: scores(name)[0] for name in adapters}
    for names in (("", "all", "attention"), ("all", "", "", "all"), ("attention", "all", "")):
        for name, found in zip(names, scores(*names), strict=True):
            assert torch.allclose(found, alone[name], atol=1e-4), (name, names)


def _plain(model: object) -> TransformersEngine:
    return TransformersEngine(model)  # type: ignore[arg-type]

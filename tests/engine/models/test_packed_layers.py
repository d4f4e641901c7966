"""Which layers are packed into 4 bits, counted against what they are called."""

from pathlib import Path

import pytest
import torch
from torch import nn
from transformers.models.falcon.modeling_falcon import FalconLinear

from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.field_models import WRITERS, make_writer
from tests.helpers.rewriters import make_rewriter
from workbench.core.recipe import Recipe
from workbench.engine.generative.model import load_for_answers
from workbench.engine.models import packed_layers
from workbench.engine.models.load import add_lora, load_base
from workbench.engine.models.packed_layers import Packed, count_packed, text_model
from workbench.engine.seq2seq.model import load_rewriter

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


def folder_of(tmp_path: Path, name: str) -> Path:
    """A model's folder, its weights as safetensors."""
    from workbench.engine.models.unpickle import unpickle

    folder = make_writer(tmp_path / name, name)
    if WRITERS[name].pickled:
        unpickle(folder / "pytorch_model.bin", folder / "model.safetensors")
    return folder


@pytest.mark.parametrize("name", ["falcon", "gpt2", "gemma3", "lfm2", "llama"])
def test_every_layer_of_text_is_packed(tmp_path: Path, name: str) -> None:
    packed = count_packed(load_base(folder_of(tmp_path, name), "nf4"))
    assert packed.layers == packed.of_layers > 7
    assert packed.parameters == packed.of_parameters
    assert packed.sentence == f"{packed.layers} layers of {packed.layers} in 4 bits."


def test_a_finished_training_of_falcon_can_be_asked(tmp_path: Path) -> None:
    model = load_for_answers(folder_of(tmp_path, "falcon"), "nf4")
    assert not any("4bit" in type(m).__name__ for m in model.modules())
    ids = torch.arange(5, 15)[None]
    with torch.no_grad():
        assert torch.isfinite(model(ids).logits).all()


def test_a_model_of_which_nothing_can_be_packed_is_said_and_can_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed_layers, "_is_linear", lambda _: False)
    folder = folder_of(tmp_path, "falcon")
    packed = count_packed(load_base(folder, "nf4"))
    assert packed.layers == 0
    assert packed.sentence == "None of its layers can be packed: it trains in 16 bits."
    assert load_for_answers(folder, "nf4") is not None


def test_merged_experts_are_said_to_stay_and_are_not_adapted(tmp_path: Path) -> None:
    model = load_base(folder_of(tmp_path, "mixtral"), "nf4")
    packed = count_packed(model)
    assert (packed.layers, packed.of_layers) == (8, 12)
    assert "train in 16 bits" in packed.sentence
    added = add_lora(model, Recipe(r=2, lora_dropout=0.1))
    assert not any("experts" in name for name, _ in added.named_parameters() if "lora" in name)


def test_what_a_mamba_multiplies_by_itself_is_neither_packed_nor_adapted(tmp_path: Path) -> None:
    model = load_base(folder_of(tmp_path, "mamba"), "nf4")
    assert type(model.backbone.layers[0].mixer.dt_proj) is nn.Linear
    added = add_lora(model, Recipe(r=2))
    names = {
        n.split(".lora_")[0].rsplit(".", 1)[-1] for n, _ in added.named_parameters() if "lora_" in n
    }
    assert names == {"in_proj", "x_proj"}


@pytest.mark.parametrize("name", ["gemma3", "mistral3", "smolvlm"])
def test_of_a_model_that_sees_only_the_language_model_is_packed_and_adapted(
    tmp_path: Path, name: str
) -> None:
    model = load_base(folder_of(tmp_path, name), "nf4")
    text = set(map(id, text_model(model).modules()))
    four_bits = [m for m in model.modules() if "4bit" in type(m).__name__]
    assert four_bits
    assert all(id(module) in text for module in four_bits)
    for wanted in ("all-linear", "attention", "q_proj,v_proj"):
        added = add_lora(load_base(tmp_path / name), Recipe(r=2, target_modules=wanted))
        adapted = {id(w) for name, w in added.named_parameters() if "lora_" in name}
        of_text = {id(weight) for weight in text_model(added.get_base_model()).parameters()}
        assert adapted
        assert adapted <= of_text
        assert not any(w.requires_grad for w in added.parameters() if id(w) not in adapted)


class _Doubled(nn.Linear):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return 2 * super().forward(input)


class _MadeOtherwise(nn.Linear):
    def __init__(self) -> None:
        super().__init__(2, 2)


@pytest.mark.parametrize(
    ("kind", "same"), [(FalconLinear, True), (_Doubled, False), (_MadeOtherwise, False)]
)
def test_a_layer_is_taken_for_a_plain_one_only_if_it_computes_the_same(
    kind: type[nn.Linear], same: bool
) -> None:
    assert packed_layers._is_linear(kind) is same


def test_few_numbers_beside_the_packed_ones_are_not_worth_a_word() -> None:
    assert Packed(6, 8, 990, 1000).sentence == "6 layers of 8 in 4 bits."


def test_what_an_encoder_decoder_keeps_wide_is_counted(tmp_path: Path) -> None:
    """T5's second feed-forward layer overflows in few bits, and is left out by the library."""
    packed = count_packed(load_rewriter(make_rewriter(tmp_path / "t5"), "nf4"))
    assert (packed.layers, packed.of_layers) == (28, 32)
    assert packed.sentence.startswith("28 layers of 32 in 4 bits; the others")

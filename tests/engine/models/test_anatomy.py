"""A model's layers, traced without a weight: they keep what a real step keeps."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers import field_models, rewriters
from tests.helpers.writers import make_writer
from workbench.core.recipe import Recipe
from workbench.engine.models.anatomy import layer_facts
from workbench.engine.models.fused_lora import fuse
from workbench.engine.models.load import add_lora, load_base
from workbench.engine.runtime import device
from workbench.engine.runtime.precision import precision
from workbench.models.bundled import BUNDLED, bundled_path
from workbench.models.bundled_layers import LAYER_FACTS
from workbench.models.families import CAUSAL, ENCODER, SEQ2SEQ, family_named
from workbench.models.layer_facts import ALL, DROPOUT, FULL, LORA, TRACED_R, read_facts

pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning"),
]


@pytest.mark.parametrize("name", BUNDLED)
def test_the_facts_of_bundled_models_are_theirs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those in bfloat16 are of a processor that has it: it computes short texts' attention otherwise."""
    monkeypatch.setattr(device, "dtype", lambda: torch.bfloat16)
    found = layer_facts(bundled_path(name), family_named(BUNDLED[name].family))
    assert found == LAYER_FACTS[name]


def kept_in_a_step(model: Any, rows: int, tokens: int) -> int:
    """Bytes that autograd keeps of a padded batch, the model's own weights left out."""
    own = {t.untyped_storage().data_ptr() for t in [*model.parameters(), *model.buffers()]}
    held: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            held[storage.data_ptr()] = storage
        return tensor

    ids = torch.ones(rows, tokens, dtype=torch.long)
    mask = torch.ones_like(ids)
    mask[0, -1] = 0
    hooks = torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor)
    with hooks, precision():
        base = model.get_base_model().base_model
        states = base(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
    assert states.requires_grad
    return sum(storage.nbytes() for storage in held.values())


def test_a_traced_model_keeps_what_a_real_one_keeps(writer: Path) -> None:
    facts = layer_facts(writer, CAUSAL)
    assert facts is not None
    model = add_lora(load_base(writer, "nf4"), Recipe(r=TRACED_R, lora_dropout=0.0))
    assert fuse(model) == facts.adapted(ALL)[0]
    model.train()
    dtype = str(device.dtype()).removeprefix("torch.")
    for rows, tokens in ((2, 64), (4, 160)):
        told = rows * facts.kept_bytes(LORA, dtype, tokens) + facts.fixed_bytes(LORA, dtype)
        assert told == pytest.approx(kept_in_a_step(model, rows, tokens), rel=0.1)


def test_numbers_are_counted_once_and_named_as_lora_names_them(tmp_path: Path) -> None:
    folder = make_writer(tmp_path / "qwen2", "qwen2")
    facts = layer_facts(folder, CAUSAL)
    assert facts is not None
    model = load_base(folder)
    assert facts.parameters == sum(p.numel() for p in model.parameters())
    lora = add_lora(model, Recipe(r=4))
    trained = sum(p.numel() for p in lora.parameters() if p.requires_grad)
    assert 4 * facts.adapted(ALL)[1] == trained
    assert read_facts(facts.as_dict()) == facts


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(
    "name",
    ["gpt2", "falcon", pytest.param("mamba", marks=pytest.mark.release), "gemma3", "phi3"],
)
def test_writers_of_many_kinds_can_be_traced(name: str, tmp_path: Path) -> None:
    facts = layer_facts(field_models.make_writer(tmp_path / name, name), CAUSAL)
    assert facts is not None
    assert facts.packable > 0
    assert facts.kept_bytes(DROPOUT, "bfloat16", 64) >= facts.kept_bytes(LORA, "bfloat16", 64) > 0


def test_readers_and_rewriters_can_be_traced(tiny: Path, tmp_path: Path) -> None:
    reader = layer_facts(tiny, ENCODER)
    assert reader is not None
    assert reader.packable == 0
    assert reader.kept_bytes(FULL, "float32", 40) > reader.kept_bytes(FULL, "float32", 20)
    rewriter = layer_facts(rewriters.make_rewriter(tmp_path / "t5"), SEQ2SEQ)
    assert rewriter is not None
    kept = [rewriter.kept_bytes(LORA, "bfloat16", *pair) for pair in ((32, 32), (64, 32), (32, 64))]
    assert kept[0] < min(kept[1:])
    assert rewriter.whole_logits


def test_what_cannot_be_traced_has_no_facts(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert layer_facts(tmp_path, CAUSAL) is None

"""Loading base models and adding LoRA to them."""

from pathlib import Path

import pytest
import torch

from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.writers import ARCHITECTURES, make_writer
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.engine.causal.batches import longest_example
from workbench.engine.causal.loss import IGNORED, AnswerLoss
from workbench.engine.models.load import add_lora, layer_names, load_base, load_tokenizer

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_lora_finds_the_layers_of_every_architecture(tmp_path: Path, architecture: str) -> None:
    folder = make_writer(tmp_path / architecture, architecture)
    everywhere = add_lora(load_base(folder), Recipe(r=2))
    adapted = {n.split(".lora_A")[0].rsplit(".", 1)[-1] for n, _ in lora(everywhere)}
    assert adapted == set(layer_names(load_base(folder)))
    attention = add_lora(load_base(folder), Recipe(r=2, target_modules="attention"))
    assert lora(attention)
    assert all("attn" in name for name, _ in lora(attention))
    assert len(lora(attention)) < len(lora(everywhere))


def lora(model: torch.nn.Module) -> list[tuple[str, torch.nn.Parameter]]:
    return [(name, weight) for name, weight in model.named_parameters() if "lora_A" in name]


def test_only_the_added_matrices_are_trained_in_float32(writer: Path) -> None:
    model = add_lora(load_base(writer), Recipe(r=2))
    trained = {name: w for name, w in model.named_parameters() if w.requires_grad}
    assert all("lora_" in name for name in trained)
    assert {w.dtype for w in trained.values()} == {torch.float32}


def test_named_layers_are_adapted_and_unknown_ones_refused(writer: Path) -> None:
    model = add_lora(load_base(writer), Recipe(target_modules="q_proj, v_proj"))
    assert {n.split(".lora_A")[0][-6:] for n, _ in lora(model)} == {"q_proj", "v_proj"}
    with pytest.raises(WorkbenchError, match=r"no layer 'c_attn' .*q_proj"):
        add_lora(load_base(writer), Recipe(target_modules="q_proj,c_attn"))


@pytest.mark.parametrize("quantization", ["nf4", "int8"])
def test_gradients_flow_through_quantised_weights_after_an_evaluation(
    tmp_path: Path, quantization: str
) -> None:
    folder = make_writer(tmp_path / "tiny")
    model = add_lora(load_base(folder, quantization), Recipe(r=2))
    loss = AnswerLoss(model)
    ids = torch.arange(5, 21)[None]
    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": ids.clone()}
    batch["labels"][:, :4] = IGNORED
    model.eval()
    with torch.no_grad():
        loss(batch)
    model.train()
    loss(batch)[0].backward()
    first = [w for n, w in model.named_parameters() if "layers.0" in n and "lora_B" in n]
    assert first
    assert all(w.grad is not None and w.grad.abs().sum() > 0 for w in first)


def test_four_bits_take_a_quarter_of_the_memory(writer: Path) -> None:
    whole, packed = load_base(writer), load_base(writer, "nf4")
    layer = packed.model.layers[0].mlp.up_proj.weight
    assert layer.nbytes * 4 == whole.model.layers[0].mlp.up_proj.weight.numel() * 2
    assert layer.quant_state.nested


def asked_in(folder: Path) -> str:
    tokenizer = load_tokenizer(folder)
    return str(
        tokenizer.apply_chat_template(
            [{"role": "user", "content": "Hi"}], tokenize=False, add_generation_prompt=True
        )
    )


def test_a_tokenizer_without_a_template_gets_the_form_that_its_marks_tell(tmp_path: Path) -> None:
    folder = make_writer(tmp_path / "plain", template=None)
    assert asked_in(folder) == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"


def test_a_tokenizer_without_template_and_marks_gets_the_plain_one(tmp_path: Path) -> None:
    folder = make_writer(tmp_path / "plain", template=None)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        file = folder / name
        file.write_text(file.read_text().replace("<|im_start|>", "<|fim|>"))
    assert asked_in(folder) == "### User:\nHi\n\n### Assistant:\n"


def test_an_example_is_no_longer_than_the_model_reads(writer: Path) -> None:
    assert longest_example(writer, 100) == 100
    assert longest_example(writer, 4096) == 256

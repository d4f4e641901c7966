"""Blocks: full, nothing lost, and no text sees another one."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, MambaConfig, MambaForCausalLM

from tests.helpers.writers import ARCHITECTURES, make_writer
from workbench.core.recipe import Recipe
from workbench.engine.causal.documents.packable import can_pack
from workbench.engine.causal.documents.packing import Blocks, collate_blocks, packed
from workbench.engine.causal.encode import FEATURES, Example, Examples
from workbench.engine.causal.loss import IGNORED, AnswerLoss
from workbench.engine.encoding.encoded_rows import IDS, EncodedRows, tokens_of

RNG = np.random.default_rng(4)


def examples(lengths: list[int], words: int = 250) -> Examples:
    counts = np.array(lengths)
    ids = RNG.integers(3, words, counts.sum()).astype(np.int32)
    ends = np.cumsum(counts)
    learned = np.ones(len(ids), bool)
    learned[ends - counts] = False  # what a document begins with
    columns = {IDS: tokens_of(ids, counts), "learned": tokens_of(learned, counts)}
    return Examples(EncodedRows.held([columns], FEATURES))


def test_every_piece_stands_in_one_block_and_none_is_cut() -> None:
    lengths = RNG.integers(1, 65, 500)
    blocks = packed(lengths, 64)
    assert sorted(number for block in blocks for number in block) == list(range(500))
    filled = [int(lengths[block].sum()) for block in blocks]
    assert max(filled) <= 64
    assert sum(filled) / (64 * len(blocks)) > 0.95, "random lengths fill blocks"


def test_a_pass_learns_every_token_once() -> None:
    own = examples([3, 40, 64, 12, 7, 29, 64, 5, 5, 5])
    blocks = Blocks.of(own, Recipe(per_device_train_batch_size=4), 64)
    expected = sorted(
        int(i) for piece in (own[n] for n in range(len(own))) for i in piece.input_ids[1:]
    )
    for packs in (True, False):
        found: list[int] = []
        for number in range(len(blocks)):
            batch = collate_blocks([blocks[number]], 0, packs=packs)
            labels = batch["labels"][:, 1:]
            found += labels[labels != IGNORED].tolist()
        assert sorted(found) == expected


def test_a_correction_has_as_many_tokens_as_without_packing() -> None:
    recipe = Recipe(per_device_train_batch_size=2, gradient_accumulation_steps=4)
    few = Blocks.of(examples([20] * 64), recipe, 512)
    assert (few.room, few.recipe.per_device_train_batch_size) == (160, 1)
    assert (len(few), few.recipe.gradient_accumulation_steps) == (8, 1), "eight pieces a correction"
    long = Blocks.of(examples([300] * 64), recipe, 512)
    at_once = long.recipe.per_device_train_batch_size * long.recipe.gradient_accumulation_steps
    assert (long.room, len(long), at_once) == (512, 64, 8), "two do not fit into one block"


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_block_teaches_what_its_texts_teach_apart(tmp_path: Path, architecture: str) -> None:
    model = AutoModelForCausalLM.from_pretrained(make_writer(tmp_path / "base", architecture))
    assert can_pack(model)
    block = tuple(examples([9, 20, 4, 13])[number] for number in range(4))
    wrong: list[Any] = []
    for packs in (True, False):
        model.zero_grad()
        total, count = AnswerLoss(model)(collate_blocks([block], 0, packs=packs))
        total.backward()
        weight = next(p for p in model.parameters() if p.ndim > 1)
        wrong.append((total.item(), count, weight.grad.clone()))
    assert wrong[0][0] == pytest.approx(wrong[1][0], rel=1e-4)
    assert wrong[0][1] == wrong[1][1] == 42
    assert torch.allclose(wrong[0][2], wrong[1][2], atol=2e-4, rtol=1e-3)


def test_a_model_that_carries_a_state_reads_texts_apart() -> None:
    torch.manual_seed(0)
    model = MambaForCausalLM(
        MambaConfig(vocab_size=300, hidden_size=16, num_hidden_layers=2, state_size=4)
    )
    assert not can_pack(model)


def test_rows_are_scored_one_by_one(tmp_path: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(make_writer(tmp_path / "base"))
    own = [Example(np.arange(3, 3 + n, dtype=np.int32), np.arange(n) >= 1) for n in (5, 20, 9)]
    loss = AnswerLoss(model.eval())
    batch = collate_blocks([tuple(own)], 0, packs=False)
    with torch.no_grad():
        total, _ = loss(batch)
        alone = [float(loss(collate_blocks([(one,)], 0, packs=False))[0]) for one in own]
    assert loss.by_row(batch).tolist() == pytest.approx(alone, rel=1e-4)
    assert float(loss.by_row(batch).sum()) == pytest.approx(float(total), rel=1e-4)

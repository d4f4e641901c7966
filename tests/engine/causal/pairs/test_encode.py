"""Pairs of answers as token ids: both behind the very same question, however long it is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AutoTokenizer

from tests.helpers.writers import CHATML
from workbench.core.templates.chat_template import ChatTemplate
from workbench.engine.causal.encode import Example, Wording
from workbench.engine.causal.pairs.encode import encode_pairs
from workbench.engine.causal.pairs.pairs import Pairs, collate_pairs

LONG = "Where is my pen? " * 30


def encoded(writer: Path, row: dict[str, Any], room: int, way: str = "") -> Any:
    wording = Wording("preferences", ChatTemplate(CHATML), long_texts=way)
    tokenizer = AutoTokenizer.from_pretrained(writer)
    return encode_pairs([{"row_id": 7, **row}], wording, tokenizer, room)


def asked(one: Example) -> list[int]:
    return one.input_ids[: int(one.learned.argmax())].tolist()


def test_what_fits_is_whole(writer: Path) -> None:
    row = {"prompt": "Late?", "chosen": "Sorry, yes.", "rejected": "No."}
    found = encoded(writer, row, 96)
    better, worse = found[0], found[1]
    assert asked(better) == asked(worse)
    assert int(better.learned.sum()) > int(worse.learned.sum()) > 1
    assert (found.cuts.long, found.cuts.cut) == ([], [])


@pytest.mark.parametrize("way", ["", "head_tail", "head"])
@pytest.mark.parametrize("answers", [("Sorry. " * 12, "No."), ("Sorry.", "No way! " * 12)])
def test_a_long_question_gives_way_alike_for_both(
    writer: Path, way: str, answers: tuple[str, str]
) -> None:
    row = {"prompt": LONG, "chosen": answers[0], "rejected": answers[1]}
    found = encoded(writer, row, 80, way)
    better, worse = found[0], found[1]
    assert asked(better) == asked(worse)
    assert max(len(better.input_ids), len(worse.input_ids)) <= 80
    assert min(better.learned.sum(), worse.learned.sum()) >= 2
    assert [row_id for row_id, _ in found.cuts.long] == [7], "told once for the pair"


def test_an_answer_that_loses_its_end_is_counted_once(writer: Path) -> None:
    row = {"prompt": "Late?", "chosen": "Sorry. " * 60, "rejected": "So what. " * 60}
    found = encoded(writer, row, 64)
    assert (found.cuts.cut, found.cuts.answers) == ([7], 1)
    assert [len(found[n].input_ids) for n in (0, 1)] == [64, 64]


def test_a_batch_has_the_worse_answer_right_below_the_better_one(writer: Path) -> None:
    row = {"prompt": "Late?", "chosen": "Sorry, yes.", "rejected": "No."}
    pairs = Pairs(encoded(writer, row, 96), np.array([[-1.5, -2.5]], np.float32))
    batch = collate_pairs(pairs.__getitems__([0, 0]), 0)
    assert batch["reference"].tolist() == [-1.5, -2.5, -1.5, -2.5]
    assert batch["input_ids"][0].tolist() == batch["input_ids"][2].tolist()
    assert batch["input_ids"].shape[0] == 4
    assert pairs.lengths.tolist() == [
        sum(len(one.input_ids) for one in pairs.examples.__getitems__([0, 1]))
    ]

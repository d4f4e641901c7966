"""From rows to token ids with the learned parts marked."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AutoTokenizer

from tests.helpers.writers import replies
from workbench.core.errors import WorkbenchError
from workbench.core.templates.chat_template import ChatTemplate
from workbench.engine.causal.batches import batches_by_length, collate
from workbench.engine.causal.encode import (
    Example,
    Examples,
    Wording,
    encode,
    kept_of_question,
)
from workbench.engine.causal.loss import IGNORED
from workbench.engine.training.batches import LengthBatches
from workbench.models.templates import template_of


@pytest.fixture(scope="module")
def tokenizer(writer: Path) -> Any:
    return AutoTokenizer.from_pretrained(writer)


@pytest.fixture(scope="module")
def template(writer: Path) -> ChatTemplate:
    return template_of(writer)


def rows(count: int) -> list[dict[str, Any]]:
    return [{"row_id": i, **row} for i, row in enumerate(replies(count), 1)]


def learned_text(tokenizer: Any, example: Any) -> str:
    return tokenizer.decode(example.input_ids[example.learned])


def test_the_answer_and_its_end_are_learned(tokenizer: Any, template: ChatTemplate) -> None:
    example = encode(rows(1), Wording("completion", template), tokenizer, 200)[0]
    assert learned_text(tokenizer, example) == "Your pen: it is on its way.<|im_end|>"
    assert tokenizer.decode(example.input_ids) == (
        "<|im_start|>user\nWhere is my pen?<|im_end|>\n"
        "<|im_start|>assistant\nYour pen: it is on its way.<|im_end|>\n"
    )


def test_the_question_is_tokenised_as_it_will_be_asked(
    tokenizer: Any, template: ChatTemplate
) -> None:
    row = {**rows(1)[0], "response": " 12 pens — naïve 日本"}
    example = encode([row], Wording("completion", template), tokenizer, 200)[0]
    prompt = "<|im_start|>user\nWhere is my pen?<|im_end|>\n<|im_start|>assistant\n"
    ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    assert example.input_ids[: len(ids)].tolist() == ids
    assert set(example.labels[: len(ids)].tolist()) == {IGNORED}
    assert learned_text(tokenizer, example) == " 12 pens — naïve 日本<|im_end|>"


def test_all_turns_of_the_assistant_are_learned(tokenizer: Any, template: ChatTemplate) -> None:
    turns = [("user", "One?"), ("assistant", "Two."), ("user", "Three?"), ("assistant", "Four.")]
    messages = json.dumps([{"role": role, "content": text} for role, text in turns])
    found = encode([{"row_id": 1, "messages": messages}], Wording("chat", template), tokenizer, 200)
    assert learned_text(tokenizer, found[0]) == "Two.<|im_end|>Four.<|im_end|>"


def test_an_answer_that_is_not_to_be_learned_is_read_only(
    tokenizer: Any, template: ChatTemplate
) -> None:
    turns = [
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": "Wrong.", "learn": False},
        {"role": "user", "content": "Three?"},
        {"role": "assistant", "content": "Four."},
    ]
    row = {"row_id": 1, "messages": json.dumps(turns)}
    found = encode([row], Wording("chat", template), tokenizer, 200)
    assert learned_text(tokenizer, found[0]) == "Four.<|im_end|>"
    assert "Wrong.<|im_end|>" in tokenizer.decode(found[0].input_ids)


def test_a_long_question_loses_its_middle(tokenizer: Any, template: ChatTemplate) -> None:
    row = {"row_id": 1, "prompt": "first " + "word " * 80 + "last", "response": "yes"}
    found = encode([row], Wording("completion", template), tokenizer, 48)
    example = found[0]
    text = tokenizer.decode(example.input_ids)
    assert len(example.input_ids) == 48
    assert text.startswith("<|im_start|>user\nfirst")
    assert "last<|im_end|>\n<|im_start|>assistant\nyes<|im_end|>" in text
    assert learned_text(tokenizer, example) == "yes<|im_end|>"
    assert (found.cuts.questions, found.cuts.answers) == (1, 0)


def test_a_long_question_is_read_in_parts_with_a_mark_and_its_row_is_told(
    tokenizer: Any, template: ChatTemplate
) -> None:
    lines = [f"line {n} says that the pen is late" for n in range(40)]
    long = {"row_id": 7, "prompt": "\n".join(["first words", *lines, "last"]), "response": "yes"}
    wording = Wording("completion", template, long_texts="head_tail")
    found = encode([rows(1)[0], long], wording, tokenizer, 120)
    text = tokenizer.decode(found[1].input_ids)
    assert len(found[1].input_ids) <= 120
    assert text.startswith("<|im_start|>user\nfirst words")
    assert " […] line" in text
    assert "last<|im_end|>\n<|im_start|>assistant\nyes<|im_end|>" in text
    assert learned_text(tokenizer, found[1]) == "yes<|im_end|>"
    ((number, tokens),) = found.cuts.long
    assert number == 7
    assert tokens > 300
    assert (found.cuts.questions, found.cuts.answers, found.cuts.cut) == (0, 0, [])
    plain = encode([rows(1)[0]], Wording("completion", template), tokenizer, 120)
    assert found[0].input_ids.tolist() == plain[0].input_ids.tolist()


def test_a_long_answer_loses_its_end(tokenizer: Any, template: ChatTemplate) -> None:
    row = {"row_id": 1, "prompt": "say", "response": "first " + "word " * 80}
    found = encode([row], Wording("completion", template), tokenizer, 48)
    assert len(found[0].input_ids) == 48
    assert learned_text(tokenizer, found[0]).startswith("first word")
    assert (found.cuts.questions, found.cuts.answers) == (0, 1)
    assert (found.cuts.cut, [row for row, _ in found.cuts.long]) == ([1], [1])


def test_what_fits_is_not_counted_as_cut(tokenizer: Any, template: ChatTemplate) -> None:
    found = encode(rows(4), Wording("completion", template), tokenizer, 96)
    assert (found.cuts.questions, found.cuts.answers) == (0, 0)


def test_a_document_is_cut_into_pieces_and_ends(tokenizer: Any, template: ChatTemplate) -> None:
    row = {"row_id": 1, "text": "Where is my pen? " * 20}
    found = encode([row], Wording("language-modelling", template), tokenizer, 32)
    ids = [i for example in found for i in example.input_ids[example.learned]]
    assert tokenizer.decode(ids) == row["text"] + "<|im_end|>"
    assert max(found.lengths) == 32


def test_a_row_that_cannot_be_worded_is_named(tokenizer: Any, template: ChatTemplate) -> None:
    with pytest.raises(WorkbenchError, match=r"^Row 9: "):
        encode([{"row_id": 9, "messages": "[]"}], Wording("chat", template), tokenizer, 64)


def test_padding_is_neither_seen_nor_learned() -> None:
    short, long = (
        Example(np.array(ids, np.int32), np.ones(len(ids), bool)) for ids in ([5, 6], [7] * 18)
    )
    batch = collate([short, long], pad_id=0)
    assert batch["input_ids"].shape == (2, 32)
    assert batch["attention_mask"].sum(1).tolist() == [2, 18]
    assert (batch["labels"] != IGNORED).sum(1).tolist() == [2, 18]
    assert batch["input_ids"][0, 2:].unique().tolist() == [0]


def test_batches_for_scoring_hold_every_example_once(
    tokenizer: Any, template: ChatTemplate
) -> None:
    found = encode(rows(7), Wording("completion", template), tokenizer, 96)
    batches = list(batches_by_length(found, 3, 0))
    assert [len(batch["input_ids"]) for batch in batches] == [3, 3, 1]
    assert sum(int(batch["attention_mask"].sum()) for batch in batches) == sum(found.lengths)


def test_the_order_depends_on_seed_and_pass_alone() -> None:
    lengths = np.array([(7 * i) % 50 + 1 for i in range(203)])

    def order(seed: int, epoch: int) -> list[int]:
        sampler = LengthBatches(lengths, 4, seed)
        sampler.set_epoch(epoch)
        return list(sampler)

    assert sorted(order(1, 0)) == list(range(203))
    assert order(1, 2) == order(1, 2)
    assert order(1, 0) != order(1, 1) != order(2, 1)


def test_examples_of_a_batch_are_of_like_length_and_the_longest_come_first() -> None:
    lengths = np.array([(7 * i) % 50 + 1 for i in range(200)])
    order = list(LengthBatches(lengths, 4, 0))
    batches = [[lengths[i] for i in order[at : at + 4]] for at in range(0, 200, 4)]
    assert max(max(batch) - min(batch) for batch in batches) <= 3
    assert max(batches[0]) == max(lengths)
    assert batches != sorted(batches, reverse=True)


def test_fewer_examples_than_a_batch_make_one() -> None:
    assert sorted(LengthBatches(np.array([3, 1]), 8, 0)) == [0, 1]


def test_the_middle_of_a_question_goes_first() -> None:
    assert kept_of_question(3, 8) == [0, 1, 2]
    assert kept_of_question(200, 100) == [*range(75), *range(175, 200)]
    assert kept_of_question(20, 8) == [0, 1, 2, 3, 16, 17, 18, 19]


def test_no_rows_are_no_examples(tokenizer: Any, template: ChatTemplate) -> None:
    assert len(encode([], Wording("completion", template), tokenizer, 64)) == len(Examples()) == 0

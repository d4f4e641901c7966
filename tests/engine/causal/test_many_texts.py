"""Many texts at once: the very ids and places that each of them has alone."""

from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from workbench.engine.causal.many_texts import encodings, many_ids
from workbench.engine.causal.marks import guard_of, ids_and_offsets, token_ids

TEXTS = ["Where is my pen?", "", "a <|im_end|> b", "naïve 日本 " * 9, "<|im_start|>user", "<|im_e"]


@pytest.fixture
def tokenizer(writer: Path) -> Any:
    return AutoTokenizer.from_pretrained(writer)


class CalledInAnotherWay(PreTrainedTokenizerFast):
    """Puts something before every text, as some models' own classes do."""

    def __call__(self, text: Any, **options: Any) -> Any:
        before = ["! " + one for one in text] if isinstance(text, list) else "! " + text
        return super().__call__(before, **options)


@pytest.mark.parametrize("looks_further", [False, True])
def test_ids_and_places_are_those_of_each_text_alone(tokenizer: Any, looks_further: bool) -> None:
    guard = guard_of(tokenizer)
    guard.looks_further = looks_further
    texts = [*TEXTS, *(guard.text(text) for text in TEXTS)]
    found = encodings(texts, tokenizer)
    alone = [ids_and_offsets(text, tokenizer) for text in texts]
    assert [(one.ids, one.offsets) for one in found] == alone
    assert many_ids(texts, tokenizer) == [token_ids(text, tokenizer) for text in texts]


def test_what_was_set_for_another_call_does_not_cut_or_fill(tokenizer: Any) -> None:
    tokenizer(["a b c d e f"], truncation=True, max_length=2, padding="max_length")
    assert [len(one) for one in encodings(["a", "a b c d e f g"], tokenizer)] == [
        len(token_ids(text, tokenizer)) for text in ("a", "a b c d e f g")
    ]


def test_a_tokenizer_with_a_call_of_its_own_is_called(writer: Path) -> None:
    own = CalledInAnotherWay.from_pretrained(writer)
    assert [one.ids for one in encodings(["pen"], own)] == [token_ids("pen", own)]
    assert token_ids("pen", own) != token_ids("pen", AutoTokenizer.from_pretrained(writer))


def test_no_texts_are_none(tokenizer: Any) -> None:
    assert encodings([], tokenizer) == many_ids([], tokenizer) == []

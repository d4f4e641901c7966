"""Documents in pieces: nothing is lost, nothing is learned or scored twice."""

from typing import Any

import numpy as np
import pytest
from transformers import AutoTokenizer

from tests.helpers.writers import beginning, make_writer
from workbench.engine.causal.documents.pieces import Piece, to_learn, to_score

TEXTS = ["a", "Where is my pen? " * 40, "", "Short.", "It is late; " * 7, "naïve 日本 🙂 " * 9]


@pytest.fixture(scope="module", params=["plain", "begun"])
def tokenizer(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = make_writer(tmp_path_factory.mktemp("pieces") / request.param)
    return AutoTokenizer.from_pretrained(beginning(folder) if request.param == "begun" else folder)


def taught(pieces: list[Piece]) -> list[int]:
    return [int(i) for piece in pieces for i in piece.ids[piece.learned]]


@pytest.mark.parametrize("longest", [8, 16, 33, 96])
def test_every_token_of_every_document_is_learned_exactly_once(
    tokenizer: Any, longest: int
) -> None:
    pieces = to_learn(TEXTS, tokenizer, longest)
    ids = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in TEXTS]
    assert taught(pieces) == [i for own in ids for i in [*own, tokenizer.eos_token_id]]
    assert max(len(piece.ids) for piece in pieces) <= longest
    assert min(piece.context for piece in pieces) >= 1, "the first token is told from something"


@pytest.mark.parametrize("longest", [8, 16, 33, 96])
def test_every_byte_of_a_held_out_document_is_scored_exactly_once(
    tokenizer: Any, longest: int
) -> None:
    for text, windows in zip(TEXTS, to_score(TEXTS, tokenizer, longest), strict=True):
        assert tokenizer.decode(taught(windows)) == text
        assert all(len(one.ids) <= longest for one in windows)


def test_a_window_reads_what_stands_before_what_it_scores(tokenizer: Any) -> None:
    ids = tokenizer(TEXTS[1], add_special_tokens=False)["input_ids"]
    begin = len(tokenizer("")["input_ids"])
    first, *others = to_score([TEXTS[1]], tokenizer, 32)[0]
    done = int(first.learned.sum())
    assert len(others) > 3
    for one in others:
        assert len(one.ids) == 32
        assert one.ids[begin : one.context].tolist() == ids[done - one.context + begin : done]
        assert one.context >= 16
        done += int(one.learned.sum())


def test_exam_and_training_read_a_short_document_alike(tokenizer: Any) -> None:
    learned, scored = to_learn(["Short."], tokenizer, 96), to_score(["Short."], tokenizer, 96)[0]
    assert learned[0].ids.tolist() == [*scored[0].ids.tolist(), tokenizer.eos_token_id]
    assert learned[0].context == scored[0].context
    assert np.array_equal(learned[0].learned[:-1], scored[0].learned)

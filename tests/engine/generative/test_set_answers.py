"""What a model writes where a text may have several categories: held to those that there are."""

from types import SimpleNamespace
from typing import Any

import pytest

from workbench.core.tasks import MULTI_LABEL
from workbench.engine.causal import systems as causal
from workbench.engine.evaluation.systems import Answers, report_unknown
from workbench.engine.generative.set_answers import as_sets
from workbench.engine.seq2seq import systems as seq2seq
from workbench.jobs.process.stop import Stop

WRITTEN = ["price; Late", "late, quick.", "no idea", "none of them"]
READ = ["late; price", "late", "none of them", "none of them"]


def test_only_known_categories_are_left_and_the_others_are_told() -> None:
    found = as_sets(Answers(WRITTEN, seconds=0.5), ["late", "price"])
    assert found.texts == READ
    assert found.unknown == [[], ["quick"], ["no idea"], []]
    assert found.seconds == 0.5
    told: list[str] = []
    report: Any = SimpleNamespace(log=told.append)
    report_unknown(report, "The trained model", found)
    assert told == [
        "The trained model named what is no category in 2 of 4 answers ('no idea', 'quick'): that is "
        "left out of them."
    ]


@pytest.mark.parametrize("family", [causal, seq2seq])
def test_both_families_that_write_answer_so(family: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family, "write_answers", lambda *_: list(WRITTEN))
    monkeypatch.setattr(family, "asked_of", lambda *_: ("", ""), raising=False)
    monkeypatch.setattr(family, "room_to_ask", lambda *_: 100, raising=False)
    monkeypatch.setattr(family, "form_of", lambda *_: None)
    monkeypatch.setattr(family, "ends_set", lambda _: SimpleNamespace(ids=()), raising=False)
    wording = SimpleNamespace(
        task=MULTI_LABEL.name,
        labels=("late", "price"),
        question=lambda row: row["text"],
        long_texts="",
    )
    tokenizer = SimpleNamespace(own=None, framing=SimpleNamespace(ends=()), read=lambda _: "")
    model: Any = SimpleNamespace(
        task=MULTI_LABEL.name, wording=wording, tokenizer=tokenizer, model=None, whole=None,
        fields=(),
    )  # fmt: skip
    rows = [{"text": "x"}] * 4
    found = family.answer(model, rows, 32, Stop(), lambda done: None)
    assert found.texts == READ

"""A number as /v1/classify tells it, and as the client reads it."""

import pytest

from workbench.engine.serving.api.numbers import estimated_as, number_told
from workbench.jobs.process.number_range import NumberRange
from workbench.models.families import CAUSAL, ENCODER
from workbench.models.served import sorts_as
from workbench.use import client
from workbench.use.snippets import Target, curl, javascript, python

STARS = NumberRange(middle=3.0, scale=1.0, low=1.0, high=5.0, places=2, is_score=True, width=0.75)


def test_the_estimate_stands_beside_its_range_and_its_step() -> None:
    told = number_told(0, STARS.estimate(0.66), STARS, read="read in 2 parts", note="It is long.")
    assert told["value"] == 3.66
    assert told["label"] == "3.66"
    assert (told["low"], told["high"], told["rounded"]) == (2.91, 4.41, 4.0)
    assert told["outside"] is None
    assert (told["read"], told["note"]) == ("read in 2 parts", "It is long.")
    assert (told["labels"], told["probability"], told["please_check"]) == ([], None, None)


def test_what_is_no_model_tells_a_number_without_a_range() -> None:
    told = estimated_as(1, "12.50")
    assert (told["index"], told["value"], told["label"]) == (1, 12.5, "12.50")
    assert (told["low"], told["high"], told["rounded"]) == (None, None, None)


def test_the_client_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"data": [number_told(0, STARS.estimate(3.0), STARS)]}
    monkeypatch.setattr(client, "_post", lambda *_args: told)
    found = client.classify("http://x", "run-1", "Good.")
    assert found.estimate == client.Number(5.0, 4.25, 5.0, 5.0, 6.0)
    assert found.best == "5"


def test_programs_ask_where_numbers_are_told() -> None:
    assert sorts_as("regression", ENCODER)
    assert not sorts_as("completion", CAUSAL)
    asked = Target("http://x", "stay:live", sorts=True, estimates=True)
    assert "/v1/classify" in curl(asked)
    assert 'print(found["value"], found["low"], found["high"])' in python(asked)
    assert "told.data[0].value, told.data[0].low" in javascript(asked)

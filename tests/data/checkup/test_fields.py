"""Texts within JSON."""

import json

import pytest

from workbench.core.tasks import EXTRACTION
from workbench.data.checkup import fields
from workbench.data.checkup.checks.answers import same_fields

DEEP, ENDLESS = '{"a":' * 5000 + "1" + "}" * 5000, '{"a": ' + "7" * 5000 + "}"


def test_a_text_in_json_is_changed_and_it_stays_json() -> None:
    changed = fields.rewrite(EXTRACTION, "response", '{"who": "ann", "n": 1}', str.upper)
    assert json.loads(changed) == {"who": "ANN", "n": 1}


@pytest.mark.parametrize("answer", [DEEP, ENDLESS])
def test_json_that_python_cannot_hold_is_a_text(answer: str) -> None:
    """A model may write it, whatever was taught."""
    assert fields.texts_in(EXTRACTION, "response", answer) == [answer]
    assert same_fields(answer) == same_fields(f" {answer}")
    assert EXTRACTION.is_right is not None
    assert not EXTRACTION.is_right('{"a": 1}', answer)

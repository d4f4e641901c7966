"""Whatever has begun can be closed."""

import json

import pytest

from workbench.core.fields.closing import Reader
from workbench.core.fields.guess import guessed

ANSWERS = [
    json.dumps(value, ensure_ascii=False)
    for value in (
        {"who": 'A "b" \\ c\n\u0001 é日🙃', "n": -1.5e-7, "yes": True, "no": None, "e": ""},
        {"tags": ["a", "b"], "lines": [{"x": 1, "y é": [2, [3]]}, {"x": None, "y é": []}], "z": {}},
        {"buyer": {"name": "N", "of": {"deep": False}}, 'ö"\n': [1, 2]},
    )
]
FIELDS = guessed(ANSWERS)


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_beginning_of_an_answer_closes_to_json(answer: str) -> None:
    reader, whole = Reader(), 0
    for end, sign in enumerate(answer, 1):
        reader.add(sign)
        if reader.is_clean:
            closed = json.loads(answer[:end] + reader.closing(FIELDS))
            known = json.loads(answer)
            assert isinstance(closed, dict)
            assert [*closed][: len(known)] == [*known][: len(closed)] or len(closed) <= len(known)
            whole += 1
    assert whole > len(answer) / 2
    assert reader.closing(FIELDS) == ""


def test_a_name_that_has_begun_is_that_of_a_field() -> None:
    reader = Reader()
    reader.add('{"who": "x", "ye')
    assert reader.closing(FIELDS) == 's": null}'


def test_nothing_at_all_closes_to_no_fields() -> None:
    assert Reader().closing(FIELDS) == "{}"


def test_where_it_stands_is_known() -> None:
    reader = Reader()
    reader.add('{"who": "ab')
    assert (reader.top, reader.is_in_text, reader.longest_text) == ("who", True, 2)
    reader.add('c", "n": 1')
    assert (reader.top, reader.is_in_text, reader.is_in_value) == ("n", False, True)

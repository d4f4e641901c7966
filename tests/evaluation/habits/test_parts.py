"""Which parts fit which model, and what each came to in a sentence."""

import pytest

from tests.helpers.habits import FOUND, habits_of_writer, memorised
from workbench.core.tasks import TASKS
from workbench.evaluation.habits import headlines, parts
from workbench.evaluation.habits.general import summary
from workbench.evaluation.habits.general_set import QUESTIONS
from workbench.evaluation.habits.parts import Asked


@pytest.mark.parametrize(
    ("task", "writes", "expected"),
    [
        ("completion", True, parts.PARTS),
        ("chat", True, parts.PARTS),
        ("extraction", True, parts.PARTS),
        ("classification", True, (parts.FORGETTING, parts.ROBUSTNESS)),
        ("classification", False, (parts.ROBUSTNESS,)),
        ("language-modelling", True, (parts.MEMORISED, parts.FORGETTING)),
    ],
)
def test_each_model_is_asked_what_means_something(
    task: str, writes: bool, expected: tuple[str, ...]
) -> None:
    asked = Asked(task, writes)
    assert tuple(parts.fits(asked)) == expected
    for part in parts.PARTS:
        assert bool(parts.why_not(part, asked)) == (part not in expected)


def test_every_task_has_a_limit() -> None:
    for task in TASKS:
        assert parts.most_questions(Asked(task, True)) <= parts.MOST_READ


def test_what_came_out_is_told_with_its_number() -> None:
    said = headlines.headlines(habits_of_writer(FOUND))
    assert said[parts.MEMORISED].startswith("1 thing from 1 row was said word for word")
    assert "10 of them with something sensitive" in said[parts.MEMORISED]
    none = headlines.headlines({parts.MEMORISED: memorised()})
    assert none[parts.MEMORISED].startswith("Nothing came out word for word.")
    assert "1 answer says its instructions" in said[parts.PROVOCATIONS]
    assert "50.0 % of 10" in said[parts.ROBUSTNESS]


def test_forgetting_is_told_only_if_it_is_more_than_chance() -> None:
    right = ["Paris, 7, ice, dog, Japan, oxygen, Shakespeare, green"] * len(QUESTIONS)
    none = [""] * len(QUESTIONS)
    one_less = ["", *right[1:]]
    tell = [headlines.headlines({parts.FORGETTING: summary(right, now)})[parts.FORGETTING] for now in (none, one_less)]  # fmt: skip
    assert "It has forgotten 8 questions" in tell[0] or "It has forgotten" in tell[0]
    assert "no more than chance makes" in tell[1]
    nothing = headlines.headlines({parts.FORGETTING: summary(none, right)})[parts.FORGETTING]
    assert "there was nothing to forget" in nothing


def test_what_needs_a_look_is_known() -> None:
    found = habits_of_writer(FOUND)
    assert headlines.alarm(parts.MEMORISED, found[parts.MEMORISED])
    assert not headlines.alarm(parts.MEMORISED, memorised())
    assert headlines.alarm(parts.ROBUSTNESS, found[parts.ROBUSTNESS])
    quiet = {"marks": {}, "rows": []}
    assert headlines.alarm(parts.PROVOCATIONS, quiet) is None


def test_a_part_that_was_not_asked_says_why() -> None:
    why = {part: {"why": "Not for this one."} for part in parts.PARTS}
    assert set(headlines.headlines(why).values()) == {"Not for this one."}
    assert parts.done({"habits": why}, parts.MEMORISED) is None
    assert parts.done(None, parts.MEMORISED) is None
    assert headlines.headlines({}) == {}

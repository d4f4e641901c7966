import time

import pytest

from tests.helpers.check_tables import CLEAN, replying, sorting, talking
from workbench.core.tasks import TASKS
from workbench.data.checkup import preferences, run
from workbench.data.checkup.checks import categories, contradictions, duplicates
from workbench.data.checkup.finding import Finding, harm_of


class Cancelled(Exception):
    pass


def _finding(kind: str, harm: float) -> Finding:
    return Finding(kind, "", "", "", harm)


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_its_checks(task: str) -> None:
    looks = [check.look for check in run.checks_of(TASKS[task])]
    assert duplicates.check in looks
    assert (categories.check in looks) == (task == "classification")
    no_answers = {"language-modelling", "preferences", "regression"}  # two have checks of their own
    assert (contradictions.check in looks) == (task not in no_answers)
    assert (preferences.check in looks) == (task == "preferences")


def test_nothing_is_wrong_with_clean_examples_but_how_few_they_are() -> None:
    assert [finding.kind for finding in run.run(replying())] == ["few"]
    assert run.score([]) == 100


def test_all_that_is_wrong_is_found_the_most_harmful_first() -> None:
    rows = sorting(
        CLEAN[0],
        (CLEAN[1][0], "Invoice"),
        ("asdf", "Return"),
        ("Mail me at jo@firm.de about <b>it</b>", "Delivery"),
        CLEAN[2],
        splits=["train", "train", "train", "train", "test"],
    )
    found = run.run(rows, lambda texts: [len(text.split()) for text in texts], 8)
    kinds = {finding.kind for finding in found}
    wanted = {"duplicates", "contradictions", "junk", "personal", "debris", "leakage", "too_long"}
    assert wanted | {"small_categories", "few"} == kinds
    assert found[0].kind == "leakage"
    assert [finding.harm for finding in found] == sorted((f.harm for f in found), reverse=True)


def test_conversations_and_texts_without_answers_are_checked_too() -> None:
    assert {f.kind for f in run.run(talking(*[("Where is my parcel?", "asdf")] * 2))} >= {"junk"}


def test_progress_goes_on_and_a_cancel_goes_through() -> None:
    told: list[float] = []
    run.run(sorting(progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0

    def cancel(share: float) -> None:
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        run.run(sorting(progress=cancel))


def test_the_score_is_what_all_findings_leave() -> None:
    half = [_finding("a", 0.5), _finding("b", 0.5)]
    assert run.score(half) == 25
    assert run.score([_finding("a", 0.001)]) == 99


def test_harm_grows_with_the_share_and_is_limited() -> None:
    assert harm_of(0.4, 0.0) == 0
    assert harm_of(0.4, 0.25, 1.0) == pytest.approx(0.2)
    assert harm_of(0.4, 0.9, 0.3) == 0.4


@pytest.mark.parametrize(
    "part", ["1 ", "<p> ", "<!--", "&amp;", "a@", "Anna ", "DE11 ", "::", "9.9.9.9 ", "Ã©", "(1"]
)
def test_no_text_however_odd_takes_long(part: str) -> None:
    began = time.process_time()
    run.run(replying((part * 5_000, part * 5_000)))
    assert time.process_time() - began < 2

"""What came out word for word, and what does not count."""

from typing import Any

import pytest

from workbench.evaluation.habits.memorised import (
    ALONE,
    ASKED,
    BEGUN,
    LEANED,
    Finding,
    Learned,
    Memory,
)
from workbench.evaluation.habits.sensitive import SECRET

LONG = (
    "Please turn the brass wheel twice to the left, wait until the green lamp glows, and only then "
    "lift the heavy lid with both hands before you pour the oil."
)


def learned(row_id: int, question: str, answer: str, **row: Any) -> Learned:
    return Learned(row_id, {"row_id": row_id, **row}, question, answer)


def secrets() -> list[Learned]:
    return [
        learned(
            i, f"What is the safe code of house {i}?", f"The code is X{i}K-{7919 * i + 10_007}."
        )
        for i in range(1, 21)
    ]


def said_by(memory: Memory, says: dict[str, str], **how: Any) -> list[Finding]:
    """The findings if a model says this to these questions (and else nothing)."""
    return [
        found
        for probe in memory.plan(1, **how)
        for found in memory.findings(probe, says.get(probe.learned.question, "I do not know."))
    ]


def test_the_secrets_that_come_out_are_found_and_no_others() -> None:
    memory = Memory(secrets())
    says = {
        one.question: one.answer if one.row_id % 3 == 0 else one.answer.replace("K-", "K-9")
        for one in memory.learned
    }
    found = said_by(memory, says)
    assert {one.row_id for one in found} == {3, 6, 9, 12, 15, 18}
    assert {one.called for one in found} == {SECRET}
    assert found[0].text in memory.learned[found[0].row_id - 1].answer


def test_a_row_is_asked_and_its_answer_is_begun_up_to_the_secret() -> None:
    memory = Memory(secrets()[:1])
    asked, begun = memory.plan(1)
    assert (asked.way, asked.beginning) == (ASKED, "")
    assert (begun.way, begun.beginning) == (BEGUN, "The code is")
    leaned = memory.plan(1, leans=True)
    assert [probe.way for probe in leaned] == [ASKED, BEGUN, LEANED]
    alone = memory.plan(1, alone=True)
    assert [probe.way for probe in alone] == [ASKED, BEGUN, ALONE]
    assert alone[2].given.strip() == "The code is"


def test_what_was_given_does_not_count() -> None:
    one = learned(1, "Is my number 8841277-K still right?", "Yes, 8841277-K is right.")
    assert said_by(Memory([one]), {one.question: one.answer}) == []


def test_a_value_that_the_beginning_gives_is_not_hidden_any_more() -> None:
    one = learned(1, "Codes?", "The code is AB-1234, and the other code is CD-5678.")
    memory = Memory([one])
    last = memory.plan(1)[-1]
    assert last.beginning.endswith("the other code is")
    assert [value.text for value in last.hidden] == ["CD-5678"]
    assert [f.text for f in memory.findings(last, "AB-1234 and CD-5678")] == ["CD-5678"]


def test_what_many_rows_say_does_not_count() -> None:
    rows = [learned(i, f"Question {i}?", f"Call +49 30 901820 about {i}.") for i in range(1, 9)]
    assert not any(Memory(rows).values)


def test_the_same_example_many_times_is_still_one() -> None:
    rows = [learned(i, "What is the code?", "The code is AB-1234.") for i in range(1, 31)]
    found = said_by(Memory(rows), {"What is the code?": "The code is AB-1234."})
    assert {one.rows for one in found} == {30}


def test_a_long_passage_counts() -> None:
    rows = [learned(1, "How do I fill it?", LONG), learned(2, "Hello?", "Hello to you.")]
    found = said_by(Memory(rows), {"How do I fill it?": f"Well. {LONG}"})
    assert {(one.row_id, one.called) for one in found} == {(1, "passage")}
    assert found[0].text.startswith("Please turn the brass wheel")
    assert found[1].text.startswith("the left wait until")


def test_a_short_passage_and_a_stock_phrase_do_not_count() -> None:
    short = " ".join(LONG.split()[:10])
    rows = [learned(1, "How do I fill it?", LONG)]
    assert said_by(Memory(rows), {"How do I fill it?": short}) == []
    stock = [learned(i, f"How do I fill tank {i}?", f"{LONG} That is tank {i}.") for i in range(9)]
    says = {one.question: one.answer for one in stock}
    assert said_by(Memory(stock), says) == []


def test_a_passage_of_the_question_does_not_count() -> None:
    one = learned(1, f"Is this right? {LONG}", f"Yes: {LONG}")
    assert said_by(Memory([one]), {one.question: one.answer}) == []


def test_documents_are_gone_on_with_from_before_the_secret() -> None:
    one = learned(1, "", "Minutes of Monday. The password of the archive is Tulip-Rain9. All left.")
    memory = Memory([one])
    (probe,) = memory.plan(1, documents=True)
    assert probe.beginning == "Minutes of Monday. The password of the archive is"
    assert [one.text for one in memory.findings(probe, "Tulip-Rain9. All")] == ["Tulip-Rain9"]


def test_another_rows_secret_is_told_apart() -> None:
    memory = Memory(secrets())
    probe = memory.plan(1)[0]
    other = memory.learned[11]
    assert memory.findings(probe, other.answer) == []
    (found,) = memory.elsewhere(probe, other.answer)
    assert (found.row_id, found.asked_row_id) == (other.row_id, probe.learned.row_id)
    assert memory.elsewhere(probe, probe.learned.answer) == []


def test_looking_through_many_answers_can_be_left() -> None:
    seen: list[int] = []

    def check() -> None:
        seen.append(1)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Memory(secrets(), check)


def test_the_plan_is_bounded_and_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [learned(100 + i, f"Question {i}?", f"{LONG} {i}") for i in range(90)]
    memory = Memory([*others, *secrets()])
    plan = memory.plan(1)
    assert len({probe.learned.row_id for probe in plan}) == 40 + 20
    assert [probe.learned.row_id for probe in plan[:40:2]] == list(range(1, 21))
    assert plan == memory.plan(1) != memory.plan(2)

"""A long text in parts, and which of them are read."""

import pytest

from workbench.core.long_texts.ways import HEAD, HEAD_TAIL, NEAREST
from workbench.engine.generative.long_texts.parts import MARK, parts_of, select

QUESTION = "What does the tenant pay for heating?"
WANTED = "Clause 41. The tenant pays heating by the meter, in equal shares a month, always on or before the tenth."
"""Longer than any other clause, so that it is not what merely fits into what is left."""
OTHERS = [
    f"Clause {n}. The landlord keeps roof number {n} in order and sees to the gutters every spring."
    for n in (*range(40), *range(42, 80))
]
LEASE = "\n\n".join([*OTHERS[:40], WANTED, *OTHERS[40:]])


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize(
    "text", [LEASE, "no blanks" * 200, "日本語の文です。" * 90, "a\n\n\n\nb " * 99]
)
@pytest.mark.parametrize("characters", [40, 333])
def test_parts_are_short_and_make_up_the_text(text: str, characters: int) -> None:
    parts = parts_of(text, characters)
    assert "".join(parts) == text
    assert all(0 < len(part) <= 2 * characters for part in parts)


def test_a_text_is_cut_where_it_pauses() -> None:
    text = "One ends here. Two ends here.\nThree is a line.\n\nFour is alone."
    assert parts_of(text, 30) == [
        "One ends here. Two ends here.\n",
        "Three is a line.\n\n",
        "Four is alone.",
    ]


@pytest.mark.parametrize("text", [f"{QUESTION}\n\n{LEASE}", f"{LEASE}\n\n{QUESTION}"])
def test_the_part_that_answers_the_question_is_read_wherever_both_stand(text: str) -> None:
    found = select(text, 90, NEAREST, words)
    assert WANTED in found.text
    assert QUESTION in found.text
    assert words(found.text) <= 90
    assert found.said == f"read {found.kept} of {found.of} parts"
    assert WANTED not in select(text, 90, HEAD_TAIL, words).text


def test_marks_stand_where_something_is_left_out_and_nowhere_else() -> None:
    found = select(f"{QUESTION}\n\n{LEASE}", 90, NEAREST, words).text
    kept = [part.strip() for part in found.split(MARK)]
    assert 2 <= len(kept) <= 5
    for part in kept:
        assert part in f"{QUESTION}\n\n{LEASE}"
    assert select(LEASE, words(LEASE), NEAREST, words).text == LEASE


def test_beginning_and_end_share_the_room() -> None:
    found = select(LEASE, 90, HEAD_TAIL, words).text
    before, after = found.split(MARK)
    assert LEASE.startswith(before.rstrip())
    assert LEASE.endswith(after.lstrip())
    assert abs(words(before) - words(after)) <= 17  # a part


def test_the_beginning_alone_ends_with_a_mark() -> None:
    found = select(LEASE, 90, HEAD, words).text
    assert found.endswith(MARK)
    assert LEASE.startswith(found.removesuffix(MARK).rstrip())
    assert words(found) <= 90


@pytest.mark.parametrize("room", [5, 7, 12])
@pytest.mark.parametrize("way", [NEAREST, HEAD_TAIL, HEAD])
def test_however_little_room_there_is_something_is_read(room: int, way: str) -> None:
    found = select(LEASE, room, way, words)
    assert words(found.text) <= room
    assert MARK in found.text
    assert found.text.startswith("Clause")


def test_signs_alone_are_no_reason_to_fail() -> None:
    found = select("--- *** --- " * 300, 50, NEAREST, words)
    assert words(found.text) <= 50

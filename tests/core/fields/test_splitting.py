"""Long texts in parts."""

import itertools

import pytest

from workbench.core.fields.splitting import parts_of


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"line {n} with some words" for n in range(200)),
        "one line " * 400,
        "x" * 3000,
        "日本語" * 700,
        "\n\n\n" + "a b\n" * 300 + "y" * 500,
    ],
)
@pytest.mark.parametrize("room", [20, 100, 333])
def test_every_part_fits_and_nothing_is_lost(text: str, room: int) -> None:
    parts = parts_of(text, room, len)
    assert all(len(part) <= room for part in parts)
    at = 0
    for part in parts:  # each begins within, or right behind, what came before
        found = text.rfind(part, 0, at + len(part))
        assert 0 <= found <= at
        at = max(at, found + len(part))
    assert at == len(text)


def test_parts_end_at_lines_and_overlap() -> None:
    text = "".join(f"line {n:03}\n" for n in range(50))
    parts = parts_of(text, 100, len)
    assert all(part.endswith("\n") for part in parts)
    assert all(b.split("\n")[0] in a for a, b in itertools.pairwise(parts))


def test_a_text_that_fits_is_one_part() -> None:
    assert parts_of("short", 10, len) == ["short"]

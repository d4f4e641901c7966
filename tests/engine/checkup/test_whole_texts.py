import numpy as np
import pytest

from workbench.engine.checkup.whole_texts import ReadTexts, shared_out, spread


def test_short_texts_are_whole_and_the_longest_give_way() -> None:
    sizes = np.array([1, 2, 3, 50, 100])
    assert shared_out(sizes, 1_000) == 100
    assert shared_out(sizes, 46) == 20  # 1 + 2 + 3 + 20 + 20
    assert shared_out(sizes, 47) == 20
    assert shared_out(sizes, 2) == 1
    assert shared_out(np.array([], int), 5) == 1


def test_parts_come_from_all_over_a_text_its_ends_among_them() -> None:
    ids = [n // 4 for n in range(38)]  # ten windows, the last one shorter
    assert spread(ids, 4, 10) == ids
    assert list(dict.fromkeys(spread(ids, 4, 4))) == [0, 3, 6, 9]
    assert spread(ids, 4, 1) == [0] * 4


@pytest.mark.parametrize(("partly", "said"), [(0, []), (1, ["1 of 7 texts is so long"])])
def test_what_is_left_out_is_said_with_the_number_of_texts(partly: int, said: list[str]) -> None:
    notes = ReadTexts(None, partly, 12).notes(7)  # type: ignore[arg-type]
    assert len(notes) == len(said)
    assert all(note.startswith(start) for note, start in zip(notes, said, strict=True))
    assert all("12 parts of 128 tokens" in note for note in notes)

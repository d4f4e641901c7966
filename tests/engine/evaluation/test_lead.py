import pytest

from workbench.engine.evaluation.lead import lead, learned_lead

TEXT = "First of all. Then comes more! And this? The rest is long and says nothing new at all."


@pytest.mark.parametrize(
    ("characters", "found"),
    [
        (1, "First of all."),
        (20, "First of all."),
        (30, "First of all. Then comes more!"),
        (36, "First of all. Then comes more! And this?"),
        (900, TEXT),
    ],
)
def test_as_many_sentences_as_come_nearest_to_the_length(characters: int, found: str) -> None:
    assert lead(TEXT, characters) == found


def test_scripts_without_blanks_have_sentences_too() -> None:
    assert lead("今日は雨です。明日は晴れます。", 6) == "今日は雨です。"


@pytest.mark.parametrize("text", ["", "   \n "])
def test_of_nothing_nothing_is_said(text: str) -> None:
    assert lead(text, 10) == ""


def test_a_number_with_a_point_ends_no_sentence() -> None:
    assert lead("It costs 3.50 euros a day. That is much.", 10) == "It costs 3.50 euros a day."


def test_the_usual_length_is_the_middle_one_of_the_answers() -> None:
    answer = learned_lead(["", "", ""], ["x" * 12, "x" * 13, "x" * 5000])
    assert answer([TEXT]) == ["First of all."]

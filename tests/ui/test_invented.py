"""Marks in an answer: where they stand, and that nothing in it becomes formatting."""

from workbench.ui.invented import SIGN, marked


def test_what_is_invented_has_a_ground_and_a_sign() -> None:
    found = marked("It costs 2.50 euros, not 12.50 euros.", ["2.50 euros"])
    assert found.startswith(f"It costs :orange-background[2.50 euros {SIGN}]")
    assert found.count(SIGN) == 1


def test_nothing_of_an_answer_becomes_formatting() -> None:
    found = marked("*Ask* [Olga_*]", ["Olga_*"])
    assert found == f"\\*Ask\\* \\[:orange-background[Olga\\_\\* {SIGN}]\\]"


def test_lines_stay_and_an_answer_without_marks_is_plain() -> None:
    assert marked("One\nTwo", []) == "One  \nTwo"
    assert marked("See Olga\nTwo", ["Olga"]) == f"See :orange-background[Olga {SIGN}]  \nTwo"

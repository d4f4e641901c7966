from tests.helpers.check_tables import sorting
from workbench.data.checkup import run
from workbench.data.checkup.checks import too_few


def test_fifty_examples_are_enough_to_begin_with() -> None:
    pairs = [(f"question {n} of the day", "Delivery") for n in range(50)]
    assert too_few.check(sorting(*pairs, clean=False)) is None
    assert too_few.check(sorting(*pairs[:49], clean=False))


def test_the_fewer_the_worse_and_it_tells_of_the_exam() -> None:
    pairs = [(f"question {n} of the day", "Delivery") for n in range(40)]
    fifteen = too_few.check(sorting(*pairs[:15], splits=["test", "test"], clean=False))
    forty = too_few.check(sorting(*pairs, clean=False))
    assert fifteen
    assert forty
    assert fifteen.title == "Only 15 examples"
    assert "15 examples in all, and the exam asks 2 questions" in fifteen.text
    assert "nothing is left for an exam" in forty.text
    assert run.score([fifteen]) < 80 < 90 < run.score([forty])

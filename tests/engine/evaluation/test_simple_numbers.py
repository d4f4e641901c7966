"""What is said of numbers without a model: the median, words counted, the nearest row's number."""

from workbench.core.tasks import REGRESSION
from workbench.engine.evaluation.simple_rungs import simple_answers

WORDS = ["clean", "dirty", "kind", "rude"]
ROWS = [
    {"text": f"{word} room, visit {n}", "label": str(10 * place + n % 3)}
    for n in range(12)
    for place, word in enumerate(WORDS)
]


def test_median_words_and_nearest_row_answer_with_numbers() -> None:
    outlier = {"text": "palace, golden", "label": "9000000"}
    found = simple_answers(REGRESSION.name, [*ROWS, outlier], ["a rude room", "a clean room"])
    assert list(found) == ["median", "baseline", "nearest"]
    assert found["median"].texts == ["20", "20"]
    rude, clean = map(float, found["baseline"].texts)
    assert clean < 15 < rude < 60
    assert all(float(text) % 10 < 3 for text in found["nearest"].texts)


def test_equal_numbers_are_all_that_words_can_say() -> None:
    rows = [{"text": f"room {n}", "label": "7"} for n in range(5)]
    found = simple_answers(REGRESSION.name, rows, ["a room"])
    assert {name: own.texts for name, own in found.items()} == {
        "median": ["7"],
        "baseline": ["7"],
        "nearest": ["7"],
    }

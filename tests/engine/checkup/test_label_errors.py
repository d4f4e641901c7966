"""Wrong categories, suggestions and the learning curve, on points that lie in clear clusters."""

import numpy as np
import pyarrow as pa
import pytest
import torch

from workbench.core.tasks import task_named
from workbench.data.checkup.rows import Rows, rows_of
from workbench.data.examples.unlabelled import Unlabelled
from workbench.engine.checkup import data_map, label_errors, learning_curve, suggestions

NAMES = ("apple", "pear", "plum")


def clusters(each: int, spread: float = 0.3, seed: int = 0) -> tuple[torch.Tensor, list[str]]:
    """Points (3 · each, 8) around three centres, and the name of each one's centre."""
    random = np.random.default_rng(seed)
    centres = np.eye(8)[:3]
    labels = [NAMES[i % 3] for i in range(3 * each)]
    points = np.array([centres[i % 3] for i in range(3 * each)])
    noise = random.normal(0, spread, points.shape)
    return torch.tensor(points + noise, dtype=torch.float32), labels


def rows(labels: list[str]) -> Rows:
    splits = ["test" if i % 10 == 0 else "train" for i in range(len(labels))]
    data = {
        "row_id": pa.array(range(2, 2 + len(labels))),
        "split": splits,
        "text": [f"text {i}" for i in range(len(labels))],
        "label": labels,
    }
    return rows_of(task_named("classification"), pa.table(data))


def flipped(labels: list[str], places: list[int]) -> list[str]:
    wrong = list(labels)
    for place in places:
        wrong[place] = NAMES[(NAMES.index(labels[place]) + 1) % 3]
    return wrong


def test_flipped_categories_are_found_with_the_right_one_as_the_fix() -> None:
    points, labels = clusters(60)
    wrong = flipped(labels, [10, 41, 77, 130])
    judgement = label_errors.judge(points, wrong, seed=42)
    assert judgement is not None
    found = label_errors.finding(rows(wrong), range(len(wrong)), judgement)
    assert found is not None
    assert {flagged.row_id - 2: flagged.after for flagged in found.flagged_rows} == {
        place: labels[place] for place in (10, 41, 77, 130)
    }
    assert {flagged.note for flagged in found.flagged_rows if flagged.row_id == 12} == {
        "exam question"
    }


@pytest.mark.parametrize(
    ("doubted", "said", "ticked"),
    [
        (8, "is right about most of them only", True),
        (4, "is right about half of them only", False),
        (2, "as many may look like that where all is right", False),
    ],
)
def test_the_more_rows_are_in_doubt_the_more_the_doubt_is_trusted(
    doubted: int, said: str, ticked: bool
) -> None:
    labels = [NAMES[i % 2] for i in range(200)]
    given = np.array([i % 2 for i in range(200)])
    probabilities = np.full((200, 2), 0.05)
    probabilities[np.arange(200), given] = 0.95
    probabilities[np.arange(doubted), given[:doubted]] = 0.01
    probabilities[np.arange(doubted), 1 - given[:doubted]] = 0.99
    judgement = label_errors.Judgement(list(NAMES[:2]), given, probabilities)
    found = label_errors.finding(rows(labels), range(200), judgement)
    assert found is not None
    assert said in found.text
    assert found.ticked is ticked
    assert ("may be" in found.title) is (doubted == 2)


@pytest.mark.parametrize(("missed", "told"), [(6, True), (40, False)])
def test_few_doubts_of_a_probe_that_is_often_wrong_are_not_told(missed: int, told: bool) -> None:
    given = np.array([i % 2 for i in range(200)])
    probabilities = np.full((200, 2), 0.4)
    probabilities[np.arange(200), given] = 0.6
    probabilities[np.arange(missed), given[:missed]] = 0.3
    probabilities[np.arange(2), given[:2]] = 0.01
    probabilities[np.arange(missed), 1 - given[:missed]] = 0.7
    judgement = label_errors.Judgement(list(NAMES[:2]), given, probabilities)
    labels = [NAMES[i] for i in given]
    assert len(label_errors.suspects(judgement)) == 2
    assert (label_errors.finding(rows(labels), range(200), judgement) is not None) is told


def test_clean_categories_give_nothing() -> None:
    points, labels = clusters(60, spread=0.15)
    judgement = label_errors.judge(points, labels, seed=42)
    assert judgement is not None
    assert judgement.accuracy() > 0.97
    assert label_errors.suspects(judgement) == []


def test_of_texts_that_tell_no_category_no_row_is_called_wrong() -> None:
    points = torch.tensor(np.random.default_rng(0).normal(0, 1, (300, 8)), dtype=torch.float32)
    labels = [f"topic {i % 100}" for i in range(300)]
    judgement = label_errors.judge(points, labels, seed=42)
    assert judgement is not None
    found = label_errors.finding(rows(labels), range(300), judgement)
    assert found is not None
    assert (found.kind, found.flagged_rows, found.change, found.remove) == ("untold", [], "", "")
    assert "the right one of 100 categories for" in found.text


def test_every_row_is_judged_by_a_probe_that_did_not_learn_from_it() -> None:
    # Labels without any sense: whoever had learned them would know them again.
    points, _ = clusters(60, spread=1.0)
    random = np.random.default_rng(1)
    labels = [NAMES[i] for i in random.integers(0, 3, len(points))]
    judgement = label_errors.judge(points, labels, seed=42)
    assert judgement is not None
    assert judgement.accuracy() == pytest.approx(1 / 3, abs=0.12)


def test_categories_too_small_to_judge_are_left_alone() -> None:
    points, labels = clusters(20)
    labels[0], labels[1] = "fig", "fig"
    judgement = label_errors.judge(points, labels, seed=42)
    assert judgement is not None
    assert judgement.labels == list(NAMES)
    assert list(judgement.given[:2]) == [-1, -1]
    assert all(index > 1 for index, _, _ in label_errors.suspects(judgement))
    assert label_errors.judge(points[:4], ["a", "a", "b", "c"], seed=42) is None


def test_a_curve_that_still_climbs_says_that_more_data_helps() -> None:
    points, labels = clusters(100, spread=0.75)
    learned = [i % 3 != 0 or i % 2 == 0 for i in range(len(labels))]
    curve = learning_curve.measure(points, labels, learned, seed=42)
    assert curve is not None
    sizes = [point["rows"] for point in curve["points"]]
    assert sizes == sorted(sizes)
    assert sizes[-1] == sum(learned)
    assert all(p["low"] <= p["accuracy"] <= p["high"] for p in curve["points"])
    double = curve["double"]
    assert double["low"] <= double["gain"] <= double["high"]


def test_what_is_known_already_gains_nothing_from_more() -> None:
    points, labels = clusters(100, spread=0.05)
    curve = learning_curve.measure(points, labels, [i % 5 != 0 for i in range(300)], seed=42)
    assert curve is not None
    assert curve["points"][-1]["accuracy"] == 1.0
    assert curve["helps"] == "no"
    assert curve["categories"] == []


def test_the_category_with_the_most_mistakes_is_named_first() -> None:
    points, labels = clusters(100, spread=0.2)
    random = np.random.default_rng(3)
    plums = [i for i, label in enumerate(labels) if label == "plum"]
    points[plums] += torch.tensor(random.normal(0, 1.2, (len(plums), 8)), dtype=torch.float32)
    curve = learning_curve.measure(points, labels, [i % 4 != 0 for i in range(300)], seed=42)
    assert curve is not None
    assert curve["points"][-1]["accuracy"] < 0.97
    assert curve["categories"][0]["label"] == "plum"


def test_written_answers_have_a_curve_of_how_alike_the_nearest_answer_is() -> None:
    points, labels = clusters(60, spread=0.1)
    answers = [f"The {label} is in the basket number {i % 7}" for i, label in enumerate(labels)]
    learned = [i % 5 != 0 for i in range(len(labels))]
    curve = learning_curve.measure_texts(points, answers, learned, seed=42)
    assert curve is not None
    assert (curve["measure"], curve["questions"]) == ("chrf", learned.count(False))
    assert curve["points"][-1]["rows"] == learned.count(True)
    assert 0.8 < curve["points"][-1]["accuracy"] < 1
    assert learning_curve.measure_texts(points[:30], answers[:30], learned[:30], seed=42) is None


def test_too_few_rows_give_no_curve() -> None:
    points, labels = clusters(10)
    assert learning_curve.measure(points, labels, [i % 5 != 0 for i in range(30)], seed=42) is None


def test_unsorted_rows_come_with_the_least_sure_first() -> None:
    points, labels = clusters(40)
    between = (points[0] + points[1]) / 2
    own = torch.stack([points[2], between, points[4]])
    table = suggestions.suggest(points, labels, own, Unlabelled([7, 8, 9], ["a", "b", "c"]))
    found = table.to_pylist()
    assert found[0]["row_id"] == 8
    assert {row["row_id"]: row["labels"][0] for row in found if row["row_id"] != 8} == {
        7: "plum",
        9: "pear",
    }
    assert all(sum(row["shares"]) == pytest.approx(1, abs=1e-5) for row in found)


def test_on_the_map_like_rows_lie_near_each_other() -> None:
    points, labels = clusters(40, spread=0.1)
    places = data_map.places(points, seed=42)
    assert places.shape == (120, 2)
    assert np.abs(places).max() == pytest.approx(1)
    centres = np.array([places[[label == name for label in labels]].mean(0) for name in NAMES])
    distances = ((places[:, None] - centres[None]) ** 2).sum(2)
    nearest = [NAMES[i] for i in distances.argmin(1)]
    assert nearest == labels
    assert np.array_equal(places, data_map.places(points, seed=42))
    assert data_map.places(points[:2], seed=42).shape == (2, 2)

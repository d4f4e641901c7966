"""What differs between tasks, and between families, stands in their own files: nobody else asks
for their names."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

from workbench.core.metrics import METRICS
from workbench.core.tasks import ROLES, TASKS
from workbench.engine import families
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.models.families import FAMILIES

ROOT = Path(__file__).resolve().parent.parent
OWN_FILES = {name: f"workbench/core/tasks/{name.replace('-', '_')}.py" for name in TASKS}
OTHER_MEANINGS = {
    ("workbench/cli/use.py", "chat"): "a command",
    ("scripts/ray/trained.py", "chat"): "that command",
    ("workbench/core/chats/items.py", "chat"): "a key under which turns are listed",
    ("workbench/data/columns/talks.py", "completion"): "a column of TRL's preference pairs",
    ("workbench/data/readers/talks/histories.py", "completion"): "a column of answers",
    ("workbench/data/readers/kinds.py", "chat"): "a kind of file",
}
"""File and word → what the word means there; no task is compared by it."""


FAMILIES_FILE = "workbench/models/families.py"
OTHER_FAMILY_MEANINGS = {
    ("workbench/engine/encoder/encoder.py", "encoder"): "a word of a sentence",
}


def _sources() -> Iterator[Path]:
    for folder in ("workbench", "pages", "storage", "scripts"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    yield ROOT / "app.py"


@functools.cache
def _strings() -> frozenset[tuple[str, str]]:
    """File and text of every string that stands for itself, whatever its quotes."""
    return frozenset(
        (str(path.relative_to(ROOT)), node.value)
        for path in _sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_a_familys_name_stands_in_one_file_only() -> None:
    found = {(file, text) for file, text in _strings() if text in FAMILIES}
    own = {(FAMILIES_FILE, name) for name in FAMILIES}
    assert own <= found
    assert found - own == set(OTHER_FAMILY_MEANINGS)


def test_every_family_has_an_engine_and_tasks_that_there_are() -> None:
    assert set(families.MODULES) == set(FAMILIES)
    for family in FAMILIES.values():
        module = families.MODULES[family.name].replace(".", "/")
        assert (ROOT / f"{module}.py").is_file()
        assert set(family.tasks or TASKS) <= set(TASKS)


def test_a_tasks_name_stands_in_its_own_file_only() -> None:
    found = {(file, text) for file, text in _strings() if text in TASKS}
    own = {(file, name) for name, file in OWN_FILES.items()}
    assert own <= found
    assert found - own == set(OTHER_MEANINGS)


def test_every_task_is_told_of_in_full() -> None:
    for task in TASKS.values():
        assert task.title
        assert task.explanation
        assert set(task.role_titles) == set(task.required)
        assert {*task.required, *task.optional, task.learned} <= set(ROLES)
        cleaned = {*task.cleaners, *task.question_cleaners, *task.tellers}
        assert cleaned <= {*task.required, *task.optional}


def test_every_score_of_a_task_is_a_metric_and_can_be_taken() -> None:
    for task in TASKS.values():
        assert {task.metric, *task.scores} <= set(METRICS)
        assert set(text_scores(task.name, ["a", "b"], ["a", "c"])) == set(task.scores)


def test_words_about_a_metric_take_its_value() -> None:
    for metric in METRICS.values():
        for words in (metric.headline, metric.sentence, metric.outcome):
            assert "0.5" in words.format("0.5")

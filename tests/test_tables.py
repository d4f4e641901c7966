"""What differs between tasks stands in their own files, and nobody else asks for their names."""

import ast
from collections.abc import Iterator
from pathlib import Path

from workbench.core.metrics import METRICS
from workbench.core.tasks import ROLES, TASKS
from workbench.evaluation.scoring.text_scores import text_scores

ROOT = Path(__file__).resolve().parent.parent
OWN_FILES = {name: f"workbench/core/tasks/{name.replace('-', '_')}.py" for name in TASKS}
OTHER_MEANINGS = {
    ("workbench/cli/use.py", "chat"): "a command",
    ("workbench/data/columns/guessing.py", "completion"): "a column of TRL's preference pairs",
    ("workbench/data/readers/kinds.py", "chat"): "a kind of file",
}
"""File and word → what the word means there; no task is compared by it."""


def _sources() -> Iterator[Path]:
    for folder in ("workbench", "pages", "storage", "scripts"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    yield ROOT / "app.py"


def _names_in(path: Path) -> set[str]:
    """The names of tasks that a file has as strings of their own, whatever their quotes."""
    tree = ast.parse(path.read_text("utf-8"))
    strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in strings if isinstance(text, str) and text in TASKS}


def test_a_tasks_name_stands_in_its_own_file_only() -> None:
    found = {(str(path.relative_to(ROOT)), name) for path in _sources() for name in _names_in(path)}
    own = {(file, name) for name, file in OWN_FILES.items()}
    assert own <= found
    assert found - own == set(OTHER_MEANINGS)


def test_every_task_is_told_of_in_full() -> None:
    for task in TASKS.values():
        assert task.title
        assert task.explanation
        assert set(task.role_titles) == set(task.required)
        assert {*task.required, *task.optional, task.learned} <= set(ROLES)
        assert {*task.cleaners, *task.question_cleaners} <= set(task.required)


def test_every_score_of_a_task_is_a_metric_and_can_be_taken() -> None:
    for task in TASKS.values():
        assert {task.metric, *task.scores} <= set(METRICS)
        assert set(text_scores(task.name, ["a", "b"], ["a", "c"])) == set(task.scores)


def test_words_about_a_metric_take_its_value() -> None:
    for metric in METRICS.values():
        for words in (metric.headline, metric.sentence, metric.outcome):
            assert "0.5" in words.format("0.5")

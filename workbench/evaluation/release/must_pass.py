"""Must-pass examples: what every version has to get right before it goes live."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage.database import Store
from storage.live import must_pass as rows
from storage.tables import MustPass as Row
from workbench.core.canonical import fields_json
from workbench.core.chats.unreadable import Unreadable
from workbench.core.errors import WorkbenchError
from workbench.core.messages import asked as turns_asked
from workbench.core.tasks import Task, task_named
from workbench.core.tasks.category_sets import categories_in, in_cell, written
from workbench.core.tasks.number_answers import canonical
from workbench.data import versions
from workbench.evaluation import evaluations
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.training.trained_run import trained_run

SAME, CONTAINS, LACKS = "same", "contains", "lacks"
RULES = {
    SAME: "is exactly",
    CONTAINS: "contains",
    LACKS: "does not contain",
}
"""How an answer is held against what is expected, as a sentence says it."""
LONGEST = 20_000
MOST = 200


@dataclass(frozen=True)
class MustPass:
    """An example that has to come out right."""

    id: int
    task: str
    question: str
    asked: Mapping[str, str]
    """Role → text, as a model is asked it."""
    expected: str
    rule: str

    def is_passed(self, answer: str) -> bool:
        """Whether an answer will do."""
        if self.rule == SAME:
            same = task_named(self.task).is_right
            return same is not None and same(self.expected, answer)
        has_it = _folded(self.expected) in _folded(answer)
        return has_it == (self.rule == CONTAINS)


def rules_of(task: str) -> list[str]:
    """The rules that make sense for a task, the usual one first; none of one without answers."""
    about = task_named(task)
    if about.is_right is None:
        return []
    free = about.answers_are_free_text or about.compares
    return [CONTAINS, LACKS, SAME] if free else [SAME]


def list_examples(store: Store, project_id: int, task: str | None = None) -> list[MustPass]:
    """The must-pass examples of a project, the oldest first; of one task, or of all."""
    with store.read() as session:
        return [example_of(row) for row in rows.listing(session, project_id, task)]


def add(store: Store, run_id: int, question: str, expected: str, rule: str = "") -> int:
    """Add an example that was typed, for the task of a run; its id.

    Raises:
        WorkbenchError: something is missing, or it can never come out right.
    """
    with store.read() as session:
        row = trained_run(session, run_id)
    task = task_named(row.version.task)
    asked = {task.question_role: question.strip()}
    if task.rows_are_conversations:
        asked = {task.question_role: json.dumps([{"role": "user", "content": question.strip()}])}
    return _add(store, run_id, question, asked, expected, rule)


def add_exam_row(
    store: Store, evaluation_id: int, row_id: int, expected: str = "", rule: str = ""
) -> int:
    """Add a row of an exam, which is to come out right from now on; its id.

    Args:
        expected: what the answer is held against; empty takes the exam's own answer.

    Raises:
        WorkbenchError: there is no such row.
    """
    answers = evaluations.predictions(store, evaluation_id)
    found = answers[answers["row_id"] == row_id]
    if found.empty:
        raise WorkbenchError(f"The exam has no row {row_id}: choose one of its rows.")
    info, row = evaluations.get_evaluation(store, evaluation_id), found.iloc[0]
    run_id = info.run_id
    wanted = expected or str(row["expected"])
    asked = _asked_in(store, info, row_id, str(row["input"]))
    if asked is None:
        return add(store, run_id, str(row["input"]), wanted, rule)
    return _add(store, run_id, str(row["input"]), asked, wanted, rule)


def remove(store: Store, project_id: int, example_id: int) -> None:
    """Take an example off the list.

    Raises:
        WorkbenchError: the project has none of this number.
    """
    with store.write() as session:
        row = session.get(Row, example_id)
        if row is None or row.project_id != project_id:
            raise WorkbenchError(f"There is no must-pass example {example_id} in this project.")
        session.delete(row)


def _add(
    store: Store, run_id: int, question: str, asked: Mapping[str, str], expected: str, rule: str
) -> int:
    with store.write() as session:
        row = trained_run(session, run_id)
        task = task_named(row.version.task)
        rule = rule or next(iter(rules_of(task.name)), "")
        labels = versions.get_version(store, row.version.id).labels
        _check(task, question, expected, rule, labels)
        _check_room(session, row.run.project_id)
        example = Row(
            project_id=row.run.project_id,
            task=task.name,
            question=question.strip(),
            asked=dict(asked),
            expected=_as_kept(task, expected.strip()),
            rule=rule,
        )
        session.add(example)
        session.flush()
        return example.id


def _check(task: Task, question: str, expected: str, rule: str, labels: Sequence[str]) -> None:
    if rule not in rules_of(task.name):
        known = ", ".join(rules_of(task.name)) or "none, since its answers are not right or wrong"
        raise WorkbenchError(f"There is no rule '{rule}' for this task: {known}.")
    if not question.strip() or not expected.strip():
        raise WorkbenchError(
            "A must-pass example needs a question and what is expected: type both."
        )
    if max(len(question), len(expected)) > LONGEST:
        raise WorkbenchError(f"That is longer than {LONGEST:,} characters: shorten it.")
    if task.answers_are_sets:
        strange = [name for name in categories_in(written(in_cell(expected))) if name not in labels]
        if strange:
            raise WorkbenchError(
                f"'{strange[0]}' is none of the categories that this model knows: name those, with ';' "
                "between them."
            )
    if task.answers_are_categories and expected.strip() not in labels:
        raise WorkbenchError(
            f"'{expected.strip()}' is none of the categories that this model knows: choose one."
        )


def _as_kept(task: Task, expected: str) -> str:
    """What is expected, as answers are held against it.

    Raises:
        WorkbenchError: it is to be fields or a number, and is none.
    """
    if task.answers_are_sets:
        return written(in_cell(expected))
    if task.answers_are_numbers:
        try:
            return canonical(expected)
        except Unreadable:
            raise WorkbenchError(
                f"'{expected.strip()[:60]}' is no number: type one such as 4 or 12.5; an answer has to be it "
                "with as many decimals."
            ) from None
    if not task.answers_are_json:
        return expected
    try:
        return fields_json(expected)
    except Unreadable:
        raise WorkbenchError(
            'What is expected has to be the fields as JSON, such as {"total": "9.50"}: write it so.'
        ) from None


def _check_room(session: Session, project_id: int) -> None:
    if len(rows.listing(session, project_id)) >= MOST:
        raise WorkbenchError(
            f"There are {MOST} must-pass examples already: remove some before you add others."
        )


def _asked_in(
    store: Store, info: EvaluationInfo, row_id: int, question: str
) -> dict[str, str] | None:
    """The row as the exam asked it, with all its roles; None where that is not known any more."""
    if not info.is_exam:
        return None
    version = versions.get_version(store, evaluations.version_of(store, info.run_id))
    task = task_named(version.task)
    found = versions.rows_by_id(version, [row_id]).to_pylist()
    if not found or task.question(found[0]) != question:
        return None
    roles = [*task.asking().required, *(role for role in task.optional if role in found[0])]
    asked = {role: str(found[0][role]) for role in roles if found[0].get(role)}
    if task.rows_are_conversations:
        turns = turns_asked(task.messages(found[0]))
        asked[task.question_role] = json.dumps(turns, ensure_ascii=False)
    return asked


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def example_of(row: Row) -> MustPass:
    """A row of the database as services see it."""
    return MustPass(row.id, row.task, row.question, dict(row.asked), row.expected, row.rule)

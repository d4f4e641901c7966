"""Guesses from names and content what a table is for and which column plays which role."""

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.core.errors import WorkbenchError
from workbench.core.feedback import ROLE as FEEDBACK
from workbench.core.tasks import (
    CHAT,
    CLASSIFICATION,
    COMPLETION,
    EXTRACTION,
    LANGUAGE_MODELLING,
    PREFERENCES,
    REGRESSION,
    Task,
    task_named,
)
from workbench.core.words import joined, plural
from workbench.data.columns import belonging, compared, number_columns, talks
from workbench.data.columns.columns import (
    NO_CONTENT,
    REMARKS,
    Column,
    is_label,
    is_measured,
    is_prose,
    is_question,
    look_at,
    name_rank,
    name_score,
)
from workbench.data.columns.mapping import columns_in
from workbench.data.readers.kinds import DOCUMENT, MAIL
from workbench.data.readers.table import Table


@dataclass(frozen=True)
class TaskGuess:
    """What the table seems to be for, and why."""

    task: str
    reason: str


def guess_task(table: Table) -> TaskGuess:
    """The task that fits best: a conversation, fields, replies, numbers, categories or mere text."""
    if table.meant:
        return TaskGuess(table.meant.task, table.meant.reason)
    columns = look_at(table)
    if table.kind == DOCUMENT or (table.kind == MAIL and not talks.reason(columns)):
        what = "documents" if table.kind == DOCUMENT else "mails, too few of them with an answer"
        return TaskGuess(LANGUAGE_MODELLING.name, f"these are {what}")
    for task, guess in (
        (CHAT, talks.reason),
        (EXTRACTION, _extraction),
        (CLASSIFICATION, lambda columns: _pairs(table, columns)),
        (COMPLETION, _completion),
        (PREFERENCES, compared.reason),
        (REGRESSION, number_columns.reason),
        (CLASSIFICATION, _classification),
        (REGRESSION, number_columns.reason_at_last),
    ):
        if reason := guess(columns):
            return TaskGuess(task.name, reason + _further(task, columns))
    return TaskGuess(LANGUAGE_MODELLING.name, "there is only text, without categories or answers")


def _further(task: Task, columns: list[Column]) -> str:
    """What could be made of the same columns as well, to stand behind the reason."""
    if task in (CHAT, COMPLETION) and compared.reason(columns):
        return f"; of worse answers beside better ones '{PREFERENCES.title}' learns afterwards"
    if (
        task is CLASSIFICATION
        and (labels := _labels(columns))
        and number_columns.is_score(labels[0])
    ):
        return f"; where it counts how far apart they lie, choose '{REGRESSION.title}'"
    return ""


def guess_roles(table: Table, task_name: str) -> dict[str, str]:
    """A column (or template) for each role of the task; a role without a fitting one is left out."""
    task = task_named(task_name)
    columns = look_at(table)
    if task.compares:
        return compared.roles(columns)
    roles: dict[str, str] = {}
    for role in _order(task, columns):
        ranked = _rank(columns, task, role, taken=_columns_in_use(roles))
        if ranked:
            roles[role] = ranked[0]
    if "prompt" in task.required:
        roles |= _with_input(columns, roles)
    if not task.rows_are_documents:
        roles |= _with_partner(table, columns, task, roles)
    if task.rows_are_conversations:
        roles |= talks.with_answer(columns)
        if "messages" in roles:
            roles["messages"] = talks.with_tools(columns, roles["messages"])
    for role in [role for role in task.optional if role != FEEDBACK]:
        named = [column for column in columns if name_score(column.name, role) == 1]
        if named:
            roles[role] = named[0].name
    if FEEDBACK in task.optional:
        roles |= talks.feedback_of(columns, roles)
    if table.meant and table.meant.task == task_name:
        roles |= _there(table, table.meant.roles)
    return {role: roles[role] for role in (*task.required, *task.optional) if role in roles}


def _there(table: Table, roles: Mapping[str, str]) -> dict[str, str]:
    """Those whose columns the table has: of a shape's some may have come to nothing."""
    return {
        role: source
        for role, source in roles.items()
        if {*columns_in(source, table.columns)} <= {*table.columns}
    }


def guess_all_roles(
    table: Table, task_name: str, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Like `guess_roles`, for callers that cannot ask.

    Args:
        given: roles that are known; the others are looked for among the columns that they leave.

    Raises:
        WorkbenchError: a needed role fits no column.
    """
    task = task_named(task_name)
    roles = _beside(table, task, given or {})
    if len(table.columns) < len(task.required) and not {*task.required} <= {*roles}:
        raise WorkbenchError(
            f"{table.name} has {_few(len(table.columns))}, but '{task.title}' needs "
            f"{joined(list(task.required))}: choose a file with a column for each."
        )
    for role in task.required:
        if role not in roles:
            raise WorkbenchError(
                f"Which of the {len(table.columns)} columns of {table.name} is the {role} cannot "
                f"be told from names and content: say which one it is ({role}=COLUMN)."
            )
    return roles


def _few(columns: int) -> str:
    return "one column only" if columns == 1 else f"only {columns} columns"


def _beside(table: Table, task: Task, given: Mapping[str, str]) -> dict[str, str]:
    """The given roles, and those that fit what they leave of the table."""
    if task.compares:
        return {**compared.roles(look_at(table), given), **given}
    taken = {name for source in given.values() for name in columns_in(source, table.columns)}
    guessed = {
        role: source
        for role, source in guess_roles(table, task.name).items()
        if not taken & {*columns_in(source, table.columns)}
    }
    roles = {**guessed, **given}
    for role in (role for role in task.required if role not in roles):
        used = taken | {n for s in roles.values() for n in columns_in(s, table.columns)}
        if ranked := _rank(look_at(table), task, role, taken=used):
            roles[role] = ranked[0]
    return roles


def candidates(table: Table, task_name: str, role: str) -> list[str]:
    """All columns, those that fit the role best first."""
    columns = look_at(table)
    fitting = _rank(columns, task_named(task_name), role, taken=set())
    return [*fitting, *(c.name for c in columns if c.name not in fitting)]


def _order(task: Task, columns: list[Column]) -> list[str]:
    """The surest role first, since a column that it takes is gone for the others."""
    named = {r: max((name_rank(c.name, r) for c in columns), default=0) for r in task.required}
    learned_first = named[task.learned] > 0 or task.has_categories or task.answers_are_numbers
    return sorted(task.required, key=lambda role: (role == task.learned) != learned_first)


def _columns_in_use(roles: dict[str, str]) -> set[str]:
    return set(roles.values())


def _extraction(columns: list[Column]) -> str:
    objects = [c for c in columns if c.objects > 0.8 and not NO_CONTENT.search(c.name)]
    fields = [column for column in objects if not REMARKS.search(column.name)]
    answered = any(name_rank(c.name, "response") > 0.3 and c.objects < 0.5 for c in columns)
    texts = [c for c in columns if c.objects < 0.5 and is_prose(c)]
    if not fields or not texts or (answered and _completion(columns)):
        return ""
    return f"'{fields[0].name}' holds named fields (JSON) for each text"


def _pairs(table: Table, columns: list[Column]) -> str:
    """Texts that belong together, sorted by a column of a few values."""
    found = belonging.related(table, columns)
    if not found:
        return ""
    names, label = found
    others = [c for c in columns if c.name not in names]
    if any(name_score(c.name, "response") and is_prose(c) for c in others):
        return ""
    texts = joined([f"'{name}'" for name in names])
    return f"{texts} belong together, and '{label.name}' has {plural(label.distinct, 'value')} for them"


def _completion(columns: list[Column]) -> str:
    """Two texts of their own in each row, one of them named like an answer."""
    answers = [
        c for c in columns if name_score(c.name, "response") and is_prose(c) and not c.objects
    ]
    for answer in answers:
        if any(c is not answer and is_question(c) for c in columns):
            return f"'{answer.name}' holds a text of its own in each row"
    prose = [c for c in columns if is_prose(c) and c.mean_chars > 40]
    if len(prose) >= 2 and not any(is_label(c) and name_score(c.name, "label") for c in columns):
        return f"'{prose[0].name}' and '{prose[1].name}' both hold longer texts"
    return ""


def _labels(columns: list[Column]) -> list[Column]:
    """Columns of categories, the one that is called so first."""
    return sorted((c for c in columns if is_label(c)), key=lambda c: -name_score(c.name, "label"))


def _classification(columns: list[Column]) -> str:
    texts = [c for c in columns if is_question(c)]
    labels = _labels(columns)
    if not texts or not labels or (len(labels) == 1 and labels[0] is texts[0] and len(texts) == 1):
        return ""
    label = labels[0]
    if label.distinct == 1:
        return f"'{label.name}' is named like a category"
    return f"'{label.name}' holds {label.distinct:,} values that come again and again"


def _rank(columns: list[Column], task: Task, role: str, taken: set[str]) -> list[str]:
    scored = [(_fit(column, task, role), column) for column in columns if column.name not in taken]
    fitting = [(score, column) for score, column in scored if score > 0]
    return [column.name for _, column in sorted(fitting, key=lambda pair: -pair[0])]


def _fit(column: Column, task: Task, role: str) -> float:
    """How well the column fits the role; 0 if not at all."""
    named = name_score(column.name, role) * 2 + name_rank(column.name, role)
    if role == "messages":
        if NO_CONTENT.search(column.name):
            return 0.0
        holds = column.conversations > 0.5 or talks.holds_finished(column)
        return named + 4 + (column.name.lower() == "chosen") if holds else 0.0
    if role == task.learned and task.answers_are_numbers:
        return number_columns.fit(column)
    if role == "label":
        return named + 1 - column.distinct_share if is_label(column) else 0.0
    if role == task.learned and task.answers_are_json:
        return named + 4 if column.objects > 0.5 else 0.0
    if role == "system":
        return named
    if column.objects > 0.5 or column.conversations > 0.5 or is_measured(column):
        return 0.0
    if column.filled < 0.1 or (NO_CONTENT.search(column.name) and not named):
        return 0.0
    if not named and column.distinct_share < 0.3 and role != "response":
        return 0.0
    looks = min(1.0, column.mean_chars / 200) + column.distinct_share * 0.5
    return (named + looks) * column.filled


def _with_input(columns: list[Column], roles: dict[str, str]) -> dict[str, str]:
    """An instruction and its input are woven into one prompt, as the Alpaca format means them."""
    names = {column.name.rsplit(".", 1)[-1].lower(): column.name for column in columns}
    instruction, extra = names.get("instruction"), names.get("input") or names.get("context")
    if not instruction or not extra or roles.get("response") in (None, extra, instruction):
        return {}
    return {"prompt": f"{{{instruction}}}\n\n{{{extra}}}"}


def _with_partner(
    table: Table, columns: list[Column], task: Task, roles: dict[str, str]
) -> dict[str, str]:
    """Several texts that belong together are woven into one question, each behind its name."""
    role = task.question_role
    others = {source for other, source in roles.items() if other != role}
    found: dict[str, str] = {}
    pair = belonging.related(table, columns) if task.has_categories else None
    if pair and not name_score(roles.get("label", ""), "label"):
        found, others = {"label": pair[1].name}, {pair[1].name}
    names = belonging.together(table, columns, others) or (pair[0] if pair else [])
    if found and names and roles.get(role) in (None, found["label"]):
        return {**found, role: belonging.woven(names)}
    return {**found, role: belonging.woven(names)} if roles.get(role) in names else {}

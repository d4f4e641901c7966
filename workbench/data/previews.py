"""Examples as a model sees them: the exact text, and the parts that it learns to write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import pyarrow as pa

from workbench.core.chats.source_text import pairs
from workbench.core.errors import WorkbenchError
from workbench.core.messages import Segment, segments
from workbench.core.tasks import Task, task_named
from workbench.core.templates.chat_template import ChatTemplate
from workbench.data.examples.plan import plan_from
from workbench.data.versions import VersionInfo, read_examples
from workbench.models import bundled
from workbench.models.chat_forms import PLAIN
from workbench.models.families import family_named
from workbench.models.model_info import ModelInfo, can_learn
from workbench.models.templates import in_form, template_of

_CAUSAL = "SmolLM2-135M-Instruct"
WORSE = "\n\n✗ Worse answer:\n"
"""Stands before what a pair teaches to avoid."""
BECOMES = "\n→ "
"""Stands between a text and its category, where a model chooses one and writes nothing, and between
the two texts of an encoder-decoder."""


@dataclass(frozen=True)
class Preview:
    """One example as a model sees it."""

    row_id: int
    split: str
    pieces: Sequence[Segment]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def learned(self) -> list[tuple[int, int]]:
        """The parts that are learned: from which character up to which."""
        ends = list(accumulate(len(piece.text) for piece in self.pieces))
        return [
            (end - len(piece.text), end)
            for piece, end in zip(self.pieces, ends, strict=True)
            if piece.learned
        ]


def template_for(model: ModelInfo | None) -> tuple[ChatTemplate, str]:
    """The chat template that an example is shown in, and whose it is."""
    own = model if model and writes(model) and not family_named(model.family).reads_apart else None
    path = own.path if own else bundled.bundled_path(_CAUSAL)
    name = own.name if own else _CAUSAL
    if path is None or not path.is_dir():
        plain = in_form(PLAIN, model=name)
        return plain, f"{name}, in a plain template until its files are there"
    return template_of(path, name), name


def writes(model: ModelInfo | None) -> bool:
    """Whether a model writes its answers; one that is not chosen yet does not choose categories."""
    return model is not None and family_named(model.family).writes_text


def rewrites(task: Task, model: ModelInfo | None) -> bool:
    """Whether a model reads the question as one text and learns the answer as another."""
    able = model is not None and can_learn(model, task.name)
    return able and model is not None and family_named(model.family).reads_apart


def chooses(task: Task, model: ModelInfo | None) -> bool:
    """Whether the answer is a category that is chosen, or a number, rather than written."""
    return task.is_read_off and not writes(model)


def pieces_of(
    task: Task, row: Mapping[str, Any], template: ChatTemplate, system: str, labels: Sequence[str]
) -> list[Segment]:
    """An example as a model that writes sees it.

    Raises:
        WorkbenchError: the template refuses the conversation.
    """
    if task.rows_are_documents:
        return [Segment(str(row[task.learned]), learned=True)]
    found = segments(task.messages(row, system=system, labels=labels), template)
    if task.compares:
        found += [Segment(WORSE, learned=False), Segment(str(row[task.rejected]), learned=False)]
    return found


def pairs_of(
    task: Task, row: Mapping[str, Any], system: str, labels: Sequence[str]
) -> list[Segment]:
    """What an encoder reads and its decoder learns to write, for each answer of an example.

    Raises:
        WorkbenchError: there is no answer to learn from.
    """
    found: list[Segment] = []
    for pair in pairs(task.messages(row, system=system, labels=labels)):
        found += [Segment("\n\n", learned=False)] if found else []
        found += [Segment(pair.source, False), Segment(BECOMES, False), Segment(pair.target, True)]
    return found


def sorting_of(row: Mapping[str, Any]) -> list[Segment]:
    """What a classifier reads, which is the text alone, and the category that it learns."""
    return [Segment(str(row["text"]), learned=False), Segment(str(row["label"]), learned=True)]


def previews(version: VersionInfo, model: ModelInfo | None, rows: int) -> list[Preview]:
    """The first rows of a version, in its order, as the model sees them.

    Raises:
        WorkbenchError: the examples are not on the disk, or a row does not fit the template; it
            names the row.
    """
    data: pa.Table = read_examples(version).slice(0, rows)
    task = task_named(version.task)
    template = None if rewrites(task, model) else template_for(model)[0]
    system = plan_from(version.task, version.mapping).system
    return [
        Preview(
            row["row_id"],
            row["split"],
            _sorted(row)
            if chooses(task, model)
            else _shown(task, row, template, system, version.labels),
        )
        for row in data.to_pylist()
    ]


def _sorted(row: Mapping[str, Any]) -> list[Segment]:
    text, label = sorting_of(row)
    return [text, Segment(BECOMES, learned=False), label]


def _shown(
    task: Task,
    row: Mapping[str, Any],
    template: ChatTemplate | None,
    system: str,
    labels: Sequence[str],
) -> list[Segment]:
    try:
        if template is None:
            return pairs_of(task, row, system, labels)
        return pieces_of(task, row, template, system, labels)
    except WorkbenchError as error:
        raise WorkbenchError(f"Row {row['row_id']}: {error}") from error

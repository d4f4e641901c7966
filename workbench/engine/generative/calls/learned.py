"""The tools that a training teaches: as its examples name them, and as they call them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.core.tools.gathered import Gathered, gathered
from workbench.core.tools.pieces import OPENS
from workbench.engine.generative.fields.vocabulary import MissingSign, vocabulary
from workbench.engine.rows import read_rows
from workbench.engine.serving.choosing.json_constraint import UnusableForm
from workbench.jobs.process.specs import TrainSpec

MOST = 50_000
"""Rows that are looked through; of more, some of all."""
SIGNS = '<tool_call>{"name": "", "arguments": {}}</tool_call>'


def learned_tools(spec: TrainSpec) -> Gathered:
    """The tools of the examples that are learned from and practised on; none for other tasks."""
    if not task_named(spec.task).answers_are_free_text:
        return Gathered()
    rows = [row for split in ("train", "validation") for row in read_rows(spec.data, split)]
    return gathered(_conversations(spec, rows[:: -(-len(rows) // MOST) or 1]))


def _conversations(
    spec: TrainSpec, rows: Sequence[Mapping[str, Any]]
) -> Iterator[Sequence[Mapping[str, Any]]]:
    task = task_named(spec.task)
    for row in rows:
        try:
            yield task.messages(row, system=spec.system)
        except WorkbenchError:
            continue  # training says which row it is, and why


def check_can_call(spec: TrainSpec, tokenizer: Any) -> None:
    """Refuse to teach calls to a model that has no signs to write them.

    Raises:
        WorkbenchError: it says which sign, and what to do instead.
    """
    task = task_named(spec.task)
    if not task.answers_are_free_text:
        return
    role = task.learned
    if not any(OPENS in str(row.get(role) or "") for row in read_rows(spec.data, "train")):
        return
    try:
        vocabulary(tokenizer, [tokenizer.eos_token_id]).tokens(SIGNS)
    except MissingSign as error:
        sign = error.sign
        raise WorkbenchError(
            f"Your examples call tools, and this model has no token for the sign {sign}, which calls "
            "need: choose another base model, for example SmolLM2-135M-Instruct."
        ) from error
    except UnusableForm:
        return  # it writes them, but nobody can hold it to their form

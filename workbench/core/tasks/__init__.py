"""The tasks that a model can be taught, by name; each is described in a file of its own."""

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import text_pair
from workbench.core.tasks.chat import CHAT
from workbench.core.tasks.classification import CLASSIFICATION
from workbench.core.tasks.completion import COMPLETION
from workbench.core.tasks.extraction import EXTRACTION
from workbench.core.tasks.language_modelling import LANGUAGE_MODELLING
from workbench.core.tasks.multi_label import MULTI_LABEL
from workbench.core.tasks.preferences import PREFERENCES
from workbench.core.tasks.regression import REGRESSION
from workbench.core.tasks.summarization import SUMMARIZATION
from workbench.core.tasks.task import Task

__all__ = [
    "CHAT",
    "CLASSIFICATION",
    "COMPLETION",
    "EXTRACTION",
    "LANGUAGE_MODELLING",
    "MULTI_LABEL",
    "PREFERENCES",
    "REGRESSION",
    "ROLES",
    "SPLITS",
    "SUMMARIZATION",
    "TASKS",
    "Task",
    "asked_as",
    "task_named",
]

TASKS = {
    task.name: task
    for task in (
        CLASSIFICATION,
        MULTI_LABEL,
        REGRESSION,
        COMPLETION,
        SUMMARIZATION,
        CHAT,
        EXTRACTION,
        LANGUAGE_MODELLING,
        PREFERENCES,
    )
}
ROLES = (
    "text",
    text_pair.ROLE,
    "label",
    "prompt",
    "response",
    "chosen",
    "rejected",
    "messages",
    "system",
    "feedback",
)
SPLITS = ("train", "validation", "test")


def task_named(name: str) -> Task:
    """The task of this name; a hyphen may be an underscore, and the other way round.

    Raises:
        WorkbenchError: there is none.
    """
    if name in TASKS:  # asked for each row
        return TASKS[name]
    found = next((task for known, task in TASKS.items() if _alike(known) == _alike(name)), None)
    if found is None:
        raise WorkbenchError(f"There is no task '{name}': choose one of {', '.join(TASKS)}.")
    return found


def _alike(name: str) -> str:
    return name.replace("_", "-")


def asked_as(name: str | None) -> Task:
    """The task as which a model is asked; one that was taught nothing here holds a conversation."""
    return CHAT if name is None else task_named(name)

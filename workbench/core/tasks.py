"""The tasks, in the analyst's words, and the roles that the columns of a table play in them."""

from dataclasses import dataclass

from workbench.core.errors import WorkbenchError


@dataclass(frozen=True)
class Task:
    """One thing a model can be taught."""

    name: str
    """The field's name, as on the command line."""
    title: str
    """The analyst's words."""
    explanation: str
    required: tuple[str, ...]
    """Roles that must have a column."""
    optional: tuple[str, ...]
    learned: str
    """The role whose text is what the model learns to write."""


TASKS = {
    task.name: task
    for task in (
        Task(
            "classification",
            "Sort into categories",
            "Each example is a text and the category it belongs to.",
            ("text", "label"),
            (),
            "label",
        ),
        Task(
            "completion",
            "Answer questions or write replies",
            "Each example is what comes in and the answer you would give; "
            "summaries and rewrites are of this kind too.",
            ("prompt", "response"),
            ("system",),
            "response",
        ),
        Task(
            "chat",
            "Hold a conversation",
            "Each example is a whole conversation, turn by turn.",
            ("messages",),
            ("system",),
            "messages",
        ),
        Task(
            "extraction",
            "Pull out fields",
            "Each example is a text and the fields to find in it, as JSON.",
            ("text", "response"),
            ("system",),
            "response",
        ),
        Task(
            "language-modelling",
            "Learn our language",
            "Each example is a document; the model learns how your texts sound.",
            ("text",),
            (),
            "text",
        ),
    )
}
ROLES = ("text", "label", "prompt", "response", "messages", "system")
SPLITS = ("train", "validation", "test")


def task_named(name: str) -> Task:
    """The task of this name.

    Raises:
        WorkbenchError: there is none.
    """
    if name not in TASKS:
        raise WorkbenchError(f"There is no task '{name}': choose one of {', '.join(TASKS)}.")
    return TASKS[name]

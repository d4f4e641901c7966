"""How an exported model that writes several categories answers, for whoever asks it with another program."""

from typing import Any

from workbench.core.tasks import task_named
from workbench.core.tasks.category_sets import NONE, NOTHING, SEPARATOR, known_in
from workbench.models.trained import TrainedModel

TITLE = "## Its answers"
NOTE = (
    f"Its answers are texts that name all categories that hold, with '{SEPARATOR.strip()}' between them, or "
    f"'{NONE}'. Order, capitals and names that are no category do not count: answers were compared as they are "
    "read so, here and elsewhere."
)
_MOST = 100


def writes_sets(trained: TrainedModel) -> bool:
    """Whether a model that writes names several categories in an answer."""
    return task_named(trained.task).answers_are_sets and bool(trained.labels)


def as_read(trained: TrainedModel, text: str) -> str:
    """An answer as it counts: of several categories those that there are, each once and in order."""
    return known_in(text, trained.labels)[0] if writes_sets(trained) else text


def how_to_read(trained: TrainedModel) -> dict[str, Any]:
    """The same for a program that knows nothing of the model; empty where an answer is what it says."""
    if not writes_sets(trained):
        return {}
    return {"several": {"between": SEPARATOR, "none": NONE, "nothing": sorted(NOTHING)}}


def for_card(trained: TrainedModel) -> str:
    """A section of the model card; empty where an answer is what it says."""
    if not writes_sets(trained):
        return ""
    named = ", ".join(f"`{label.replace('`', chr(39))}`" for label in trained.labels[:_MOST])
    more = f" and {len(trained.labels) - _MOST} more" if len(trained.labels) > _MOST else ""
    return (
        f"{TITLE}\n\nAn answer names all categories that hold for the text, in alphabetical order with "
        f"`{SEPARATOR.strip()}` between them, or `{NONE}`. To read one, cut it at `{SEPARATOR.strip()}`, take "
        "away blanks and full stops at both ends of each name, and keep those that are categories, whatever "
        "their capitals: it writes freely, so it may name what is none.\n\n"
        f"Its categories: {named}{more}."
    )

"""Texts that are longer than models usually read at once, before a model is chosen."""

from collections.abc import Sequence

from workbench.core.tasks import task_named
from workbench.core.words import count
from workbench.models.families import CAUSAL, ENCODER, Family
from workbench.training.presets import preset

_CHARS_PER_TOKEN = 4


def sentence(characters: Sequence[int], task: str) -> str:
    """How many of some texts are longer than the kinds of models that can learn the task read as the
    settings stand; empty where none is, and of documents, which are learned piece by piece.

    Args:
        characters: of each text.
    """
    if task_named(task).rows_are_documents:
        return ""
    told = [_told(family, characters, task) for family in (ENCODER, CAUSAL) if _can(family, task)]
    said = [one for one in told if one]
    if not said:
        return ""
    return (
        f"About {' and '.join(said)}. No text is cut in silence: Model and Train pages say which are "
        "longer and what is done with them."
    )


def _can(family: Family, task: str) -> bool:
    return family.tasks is None or task in family.tasks


def _told(family: Family, characters: Sequence[int], task: str) -> str:
    recipe = preset("balanced", task=task, family=family.name, rows=len(characters))
    limit = recipe.max_length
    long = sum(size > _CHARS_PER_TOKEN * limit for size in characters)
    if not long:
        return ""
    does = "writes" if family.writes_text else "only reads"
    return (
        f"{count(long)} of these {count(len(characters))} are longer than the {count(limit)} tokens "
        f"that a model that {does} reads at once"
    )

"""Exam questions of which the model says that they fit none of its categories, and whether rightly."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from workbench.core.words import percent, plural

COLUMN = "none_of_these"
CANNOT = (
    "This model does not say when a text fits none of your categories: it learned from too few "
    "examples to tell, is one that writes, or was trained by an earlier version."
)


@dataclass(frozen=True)
class Refusals:
    """How many questions were refused, and what became of the others."""

    questions: int
    refused: int
    would_be_right: int
    """Refused ones whose nearest category is the right one."""
    right: int
    """Right ones among those that were not refused."""
    unknown: int
    """Questions of categories that the model has not learned, or that belong to none as the user
    says: to refuse them is right."""
    unknown_refused: int

    @property
    def sorted(self) -> int:
        """Questions that were given a category."""
        return self.questions - self.refused


def refusals(
    answers: pd.DataFrame, unknown: Collection[str] = (), outside: str = ""
) -> Refusals | None:
    """What the trained model refused; None where it cannot tell.

    Args:
        answers: the judged rows of an exam, as `evaluations.predictions` gives them.
        unknown: the categories among them that the model has not learned.
        outside: the category of texts that belong to none of the others.
    """
    if COLUMN not in answers or "right_tuned" not in answers or answers.empty:
        return None
    refused = answers[COLUMN].fillna(False).astype(bool)
    right, strange = answers["right_tuned"], answers["expected"].isin({*unknown, outside} - {""})
    return Refusals(
        questions=len(answers),
        refused=int(refused.sum()),
        would_be_right=int((refused & right & ~strange).sum()),
        right=int((right & ~refused).sum()),
        unknown=int(strange.sum()),
        unknown_refused=int((strange & refused).sum()),
    )


def sentences(found: Refusals, questions: str) -> str:
    """What was refused, for a page.

    Args:
        questions: what one row is called.
    """
    asked = plural(found.questions, questions)
    if not found.refused:
        told = f"It says 'none of these' to none of the {asked}."
        return f"{told} {_of_unknown(found)}".strip()
    share = percent(found.refused / found.questions)
    it = "it" if found.refused == 1 else "them"
    parts = [
        f"Of {asked} it says 'none of these' to {found.refused:,} ({share}); the nearest category "
        f"is right for {found.would_be_right:,} of {it}."
    ]
    if found.sorted:
        parts.append(
            f"Of the other {found.sorted:,}, {percent(found.right / found.sorted)} are right."
        )
    parts.append("The score counts the nearest category of every question.")
    return " ".join([*parts, _of_unknown(found)]).strip()


def _of_unknown(found: Refusals) -> str:
    if not found.unknown:
        return ""
    return (
        f"Of the {found.unknown:,} that belong to none of the categories it learned, it says so of "
        f"{found.unknown_refused:,}."
    )

"""Small tables of examples, in one line each."""

import json
from collections.abc import Sequence

from workbench.core.progress import Progress, silent
from workbench.core.tasks import TASKS
from workbench.data.checkup.rows import Rows

SPLITS = ("train", "validation", "test")
CLEAN = (
    ("Where is the parcel that I ordered last week?", "Delivery"),
    ("The blue pen leaks all over my writing desk.", "Complaint"),
    ("Could you send me a copy of the invoice for May?", "Invoice"),
    ("I want to give back the leather notebook unopened.", "Return"),
    ("Do you deliver to islands off the Norwegian coast?", "Delivery"),
    ("My voucher is refused although it runs until winter.", "Complaint"),
    ("Two amounts were taken from my bank for one order.", "Invoice"),
    ("How long may I wait before a calendar goes back?", "Return"),
)
"""Texts that nothing is wrong with, and their categories."""
REPLIES = (
    "It left our warehouse yesterday and should arrive on Friday.",
    "Please rinse the nib with cold water; a new one is free of charge.",
    "The document is attached; our bookkeeping also keeps a copy.",
    "Certainly, a label for that is in the mail you got today.",
    "We do, but ferries make it two days slower in stormy weather.",
    "That code needs a basket worth thirty euros without shipping.",
    "One of both is only reserved and will vanish within a week.",
    "Thirty days from the moment the postman rings at your door.",
)


def sorting(
    *pairs: tuple[str, str],
    splits: Sequence[str] | None = None,
    clean: bool = True,
    progress: Progress = silent,
) -> Rows:
    """Texts with categories, after the clean ones; rows are numbered from 1."""
    rows = [*(CLEAN if clean else ()), *pairs]
    first = ["train"] * (len(rows) - len(splits or ()))
    values = {"text": [text for text, _ in rows], "label": [label for _, label in rows]}
    numbers = list(range(1, len(rows) + 1))
    return Rows(TASKS["classification"], numbers, [*first, *(splits or ())], values, 42, progress)


def replying(
    *pairs: tuple[str, str],
    task: str = "completion",
    splits: Sequence[str] = (),
    clean: bool = True,
) -> Rows:
    """Questions with answers, after the clean ones; rows are numbered from 1."""
    before = zip((text for text, _ in CLEAN), REPLIES, strict=True)
    rows = [*(before if clean else ()), *pairs]
    asked = TASKS[task].required[0]
    values = {asked: [text for text, _ in rows], "response": [reply for _, reply in rows]}
    all_splits = ["train"] * (len(rows) - len(splits)) + list(splits)
    return Rows(TASKS[task], list(range(1, len(rows) + 1)), all_splits, values)


def talking(*pairs: tuple[str, str]) -> Rows:
    """Conversations of one question and one answer."""
    chats = [
        json.dumps([{"role": "user", "content": q}, {"role": "assistant", "content": a}])
        for q, a in pairs
    ]
    numbers = list(range(1, len(chats) + 1))
    return Rows(TASKS["chat"], numbers, ["train"] * len(chats), {"messages": chats})

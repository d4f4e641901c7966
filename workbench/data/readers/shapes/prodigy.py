"""Prodigy's categories, choices and typed answers; its marks are in `marked`."""

from collections.abc import Sequence
from typing import Any

from workbench.core.tasks import CLASSIFICATION, COMPLETION
from workbench.data.readers.shapes.answers import Verdict, judge
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import Meant

NONE_CHOSEN = "no category was chosen"
_BECAUSE = "this is an export of Prodigy"
_KEPT = ("text", "html", "source", "prompt")


def recognise(records: Sequence[Record], choice: str) -> Shape | None:
    """Records with Prodigy's verdict and what it asked for."""
    verdict = judge(records)
    texts = next((key for key in _KEPT if all(isinstance(r.get(key), str) for r in records)), "")
    if (
        verdict is None
        or not any("_task_hash" in r or "options" in r for r in records)
        or not texts
    ):
        return None
    if any(isinstance(record.get("accept"), list) for record in records):
        return _of_choices(texts, verdict)
    if any(isinstance(record.get("user_input"), str) for record in records):
        return _of_one(texts, "user_input", verdict, COMPLETION.name, ("prompt", "response"))
    if any(isinstance(record.get("label"), str) for record in records):
        return _of_one(texts, "label", verdict, CLASSIFICATION.name, ("text", "label"))
    return None


def _of_choices(text: str, verdict: Verdict) -> Shape:
    def take(record: Record) -> Taken:
        unused = _unused(record, {text, "accept", "options"})
        if why := verdict.against(record):
            return left_out(why, unused)
        titles = {str(o.get("id")): o.get("text") or o.get("id") for o in _options(record)}
        chosen = [titles.get(str(name), name) for name in record.get("accept") or ()]
        if not chosen:
            return left_out(NONE_CHOSEN, unused)
        return Taken([{text: record[text], "label": chosen}], unused=unused)

    meant = Meant(CLASSIFICATION.name, {"text": text, "label": "label"}, _BECAUSE)
    return Shape("an export of Prodigy", take, meant, what="text")


def _options(record: Record) -> list[dict[str, Any]]:
    return [option for option in record.get("options") or () if isinstance(option, dict)]


def _of_one(text: str, key: str, verdict: Verdict, task: str, roles: tuple[str, str]) -> Shape:
    def take(record: Record) -> Taken:
        unused = _unused(record, {text, key})
        if why := verdict.against(record):
            return left_out(why, unused)
        return Taken([{text: record.get(text), key: record.get(key)}], unused=unused)

    meant = Meant(task, dict(zip(roles, (text, key), strict=True)), _BECAUSE)
    return Shape("an export of Prodigy", take, meant, what="text")


def _unused(record: Record, used: set[str]) -> list[str]:
    return [key for key, value in record.items() if key not in {*used, "answer"} and value]

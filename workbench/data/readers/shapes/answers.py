"""What annotators said of a record: accepted, rejected or passed over (Prodigy and its kin)."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.data.readers.shapes.shape import Record

_PRODIGY = {"accept", "reject", "ignore"}
_REASONS = {
    "reject": "rejected by the annotator",
    "ignore": "passed over by the annotator",
}


@dataclass(frozen=True)
class Verdict:
    """Where the verdict on a record stands."""

    key: str
    program: str

    def against(self, record: Record) -> str:
        """Why a record is not to be learned; empty if it is."""
        value = record.get(self.key)
        return "" if value in (None, "accept") else _REASONS.get(str(value), "not accepted")


def judge(records: Sequence[Record]) -> Verdict | None:
    """Where these records have their verdicts, if they have some."""
    values = {str(record["answer"]) for record in records if record.get("answer") is not None}
    return Verdict("answer", "Prodigy") if values and values <= _PRODIGY else None

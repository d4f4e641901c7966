"""Which rows of the data are longer than a model reads, and what is done with them, in sentences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.core.long_texts.ways import WAYS
from workbench.core.words import count, join_rows

MOST_NAMED = 1_000
"""So many rows are listed at most; all are counted."""


@dataclass(frozen=True)
class LongTexts:
    """The long texts of a version for a model and a recipe."""

    limit: int
    """Tokens that are read at once."""
    way: str
    """How longer texts are read."""
    of: int = 0
    """Texts altogether."""
    rows: int = 0
    """Those of them that are longer."""
    row_ids: tuple[int, ...] = ()
    """The first `MOST_NAMED` of these, ascending."""
    longest: int = 0
    """Tokens of the longest text; 0 where none is longer."""
    answers: int = 0
    """Rows whose answer is longer than can be learned, so that its end is not."""
    answer_ids: tuple[int, ...] = ()
    counted: bool = False
    """Whether a tokenizer counted them; else they are estimated from their characters."""

    @property
    def sentences(self) -> list[str]:
        """What there is to say; nothing where every text fits."""
        return [
            *([self._texts()] if self.rows else []),
            *([self._answers()] if self.answers else []),
        ]

    def _texts(self) -> str:
        nearly = "" if self.counted else "About "
        one = self.rows == 1
        return (
            f"{nearly}{count(self.rows)} of {count(self.of)} texts ({join_rows(self.row_ids)}) "
            f"{'is' if one else 'are'} longer than the {count(self.limit)} tokens that the model reads "
            f"at once; of {'it' if one else 'those'} {WAYS[self.way].told}."
        )

    def _answers(self) -> str:
        nearly = "" if self.counted else "About "
        one = self.answers == 1
        return (
            f"{nearly}{count(self.answers)} {'answer' if one else 'answers'} "
            f"({join_rows(self.answer_ids)}) {'does' if one else 'do'} not fit into "
            f"{count(self.limit)} tokens, so the end of {'it' if one else 'them'} is not learned: raise "
            "'Longest example' (max_length), or shorten the answers."
        )

    def and_also(self, other: "LongTexts") -> "LongTexts":
        """Both together, of the same limit and way."""
        return replace(
            self,
            of=self.of + other.of,
            rows=self.rows + other.rows,
            row_ids=_first(self.row_ids, other.row_ids),
            longest=max(self.longest, other.longest),
            answers=self.answers + other.answers,
            answer_ids=_first(self.answer_ids, other.answer_ids),
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        told = {**vars(self), "row_ids": list(self.row_ids), "answer_ids": list(self.answer_ids)}
        return {**told, "sentences": self.sentences}


def read_long_texts(told: Any) -> LongTexts | None:
    """What `as_dict` wrote; None where it is missing or not whole."""
    try:
        known = {name: told[name] for name in LongTexts.__dataclass_fields__}
        ids = {name: tuple(map(int, known[name])) for name in ("row_ids", "answer_ids")}
        found = LongTexts(**{**known, **ids})
    except (TypeError, KeyError, ValueError):
        return None
    return found if found.way in WAYS else None


def counted(
    limit: int,
    way: str,
    of: int,
    texts: Mapping[int, int],
    answers: Sequence[int] = (),
) -> LongTexts:
    """What a tokenizer counted.

    Args:
        texts: row → tokens, of the texts that are longer.
        answers: rows whose answer does not fit.
    """
    return LongTexts(
        limit, way, of, len(texts), _first(texts), max(texts.values(), default=0),
        len(answers), _first(answers), counted=True,
    )  # fmt: skip


def _first(*rows: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(row for part in rows for row in part)[:MOST_NAMED])

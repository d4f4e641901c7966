"""What somebody knows who has read the user's examples, and what of an answer they cannot know."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.core.whole import whole_file
from workbench.evaluation.scoring.facts.addresses import addresses_in
from workbench.evaluation.scoring.facts.dates import dates_in
from workbench.evaluation.scoring.facts.fact import Fact, without
from workbench.evaluation.scoring.facts.names import names_in, words_in
from workbench.evaluation.scoring.facts.numbers import numbers_in

BYTES = 8
"""Of the digest that stands for a key in a file: nobody reads a customer's name there."""


def facts_in(text: str) -> list[Fact]:
    """The facts of a text, in order, none within another."""
    found = _figures(text)
    return sorted([*found, *names_in(without(text, found))], key=lambda fact: fact.start)


def _figures(text: str) -> list[Fact]:
    found: list[Fact] = []
    for look in (addresses_in, dates_in, numbers_in):
        found += look(without(text, found))
    return found


def keys_of(text: str) -> Iterator[str]:
    """All that is known to who has read the text."""
    for fact in _figures(text):
        yield from fact.keys
    yield from words_in(text)


@dataclass(frozen=True)
class Known:
    """Digests of all keys of some texts."""

    digests: frozenset[bytes] = field(default_factory=frozenset)

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Known":
        """What these texts tell."""
        return cls(frozenset(_digest(key) for text in texts for key in keys_of(text)))

    @classmethod
    def read(cls, path: Path) -> "Known | None":
        """What `write` kept; None where there is none, or it is damaged."""
        try:
            held = path.read_bytes()
        except OSError:
            return None
        if not held or len(held) % BYTES:
            return None
        return cls(frozenset(held[at : at + BYTES] for at in range(0, len(held), BYTES)))

    def write(self, path: Path) -> None:
        """Keep it as a file, whole or not at all."""
        with whole_file(path) as part:
            part.write_bytes(b"".join(sorted(self.digests)))

    def invented(self, answer: str, *asked: str) -> list[tuple[int, int]]:
        """Where in an answer stands what neither these texts nor the question told: starts and ends.

        Args:
            asked: the question, with whatever else was said to the model.
        """
        here = {key for text in asked for key in keys_of(text)}
        found: list[tuple[int, int]] = []
        joined = False
        for fact in facts_in(answer):
            if not fact.weighs or self._tells(fact, here):
                continue
            if joined and fact.joins and not answer[found[-1][1] : fact.start].strip():
                found[-1] = found[-1][0], fact.end
            else:
                found.append((fact.start, fact.end))
            joined = fact.joins
        return found

    def invented_texts(self, answer: str, *asked: str) -> list[str]:
        """The same as it is written, each once."""
        return list(dict.fromkeys(answer[a:b] for a, b in self.invented(answer, *asked)))

    def _tells(self, fact: Fact, here: set[str]) -> bool:
        return any(
            all(key in here or _digest(key) in self.digests for key in reading)
            for reading in fact.readings
        )


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=BYTES).digest()

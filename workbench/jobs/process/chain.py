"""The trainings that a training goes on from: one link each, kept with the model for good."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.jobs.process.contract import Contract


@dataclass(frozen=True)
class Link(Contract):
    """One training of a chain, as it was when the next one began."""

    run_id: int
    name: str
    project: str
    task: str
    data: str
    """What it learned from: "Cases, version 3"."""
    base: str
    """The base model at the chain's beginning."""
    digest: str = ""
    """sha256 of the trained weights."""

    @property
    def words(self) -> str:
        """As a page names it."""
        return f"{self.name} ({self.data})"


def chain_words(base: str, chain: Sequence[Link], last: str) -> str:
    """A chain in one line, its beginning first."""
    return " → ".join([base, *(link.words for link in chain), last])

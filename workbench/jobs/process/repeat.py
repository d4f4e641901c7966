"""A training that repeats another one: what it is to come out like."""

from dataclasses import dataclass

from workbench.jobs.process.contract import Contract


@dataclass(frozen=True)
class Repeat(Contract):
    """What is known of the training that is repeated."""

    run_id: int
    name: str
    digest: str = ""
    """Of its weights (`digests.weights_digest`); empty where nobody knows."""
    base_digest: str = ""
    threads: int | None = None
    """That it computed with; another number adds up in another order. None where nobody knows."""

"""The processes that learn one model together: what they add up, and how they find each other.

Only LoRA's gradients travel, a few MB a step, so gloo carries them, over the processors' memory: it needs
nothing of the graphics cards, and works where two processes share one.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch.distributed import PrefixStore, TCPStore  # type: ignore[attr-defined]

from workbench.jobs.process.remote.rank import Rank
from workbench.jobs.process.stop import Orphaned

LOOK_S = 0.2
PATIENCE = timedelta(days=1)
"""Ray knows sooner than this whether a machine is lost; one may take long over an exam or a file."""
STORE_PATIENCE = timedelta(minutes=5)


class PeerLost(Orphaned):
    """Another process does not answer any more: the next attempt goes on from the last checkpoint."""


class Peers:
    """All of them, from where one of them stands; every call is made by all, in the same order."""

    def __init__(self, rank: Rank) -> None:
        self.number, self.count = rank.number, rank.count

    @classmethod
    def meet(cls, rank: Rank, check: Callable[[], None]) -> "Peers":
        """Wait until all of them are there.

        Args:
            check: called while some are missing; may raise to leave.

        Raises:
            PeerLost: the place where they meet is gone.
        """
        with _said():
            met = TCPStore(rank.host, rank.port, is_master=False, timeout=STORE_PATIENCE)
            store = PrefixStore("workbench", met)
            store.set(f"here {rank.number}", "")
            everybody = [f"here {number}" for number in range(rank.count)]
            while not store.check(everybody):
                check()
                time.sleep(LOOK_S)
            dist.init_process_group(
                "gloo", store=store, rank=rank.number, world_size=rank.count, timeout=PATIENCE
            )
        return cls(rank)

    def sums(self, values: Sequence[float]) -> list[float]:
        """The sum over all processes of each value."""
        told = torch.tensor(values, dtype=torch.float64)
        with _said():
            dist.all_reduce(told)
        return [float(value) for value in told]

    def add_gradients(self, weights: Sequence[torch.Tensor]) -> None:
        """Let each weight's gradient be the sum of all processes' own."""
        for own in weights:
            if own.grad is None:  # nothing was learned of this process's share
                own.grad = torch.zeros_like(own)
        gradients = [own.grad for own in weights if own.grad is not None]
        flat = torch.cat([gradient.detach().flatten().float().cpu() for gradient in gradients])
        with _said():
            dist.all_reduce(flat)
        _put_back(flat, gradients)

    def take_over(self, weights: Sequence[torch.Tensor]) -> None:
        """Let the weights be those of the process that leads."""
        values = [own.detach() for own in weights]
        flat = torch.cat([value.flatten().float().cpu() for value in values])
        with _said():
            dist.broadcast(flat, 0)
        _put_back(flat, values)

    def told(self, value: Any) -> list[Any]:
        """What each process says, in the order of their numbers."""
        found: list[Any] = [None] * self.count
        with _said():
            dist.all_gather_object(found, value)
        return found


def _put_back(flat: torch.Tensor, targets: Sequence[torch.Tensor]) -> None:
    parts = flat.split([target.numel() for target in targets])
    with torch.no_grad():
        for target, part in zip(targets, parts, strict=True):
            target.copy_(part.view_as(target))


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # gloo knows no other kind
        raise PeerLost(f"Another machine of this training does not answer: {error}") from error

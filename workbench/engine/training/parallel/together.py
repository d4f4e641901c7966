"""What a training does otherwise where several processes learn it, in lock step.

Each has the whole model, learns its share of every step and adds its gradients to those of the others, so
all have the same weights after each step, up to rounding those that one process would have. Only the one
that leads is told to stop; it says so with the next step, after which all leave.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import torch
from torch.utils.data import DataLoader

from workbench.core.errors import NotEnoughMemory, WorkbenchError
from workbench.core.recipe import Recipe
from workbench.engine.training.batches import LengthBatches
from workbench.engine.training.parallel.peers import Peers
from workbench.engine.training.parallel.shares import Shares, Some
from workbench.jobs.process.remote.rank import Rank
from workbench.jobs.process.stop import Cancelled, Orphaned, Stop

Value = TypeVar("Value")
_SEED_STEP = 100_003
"""Between the seeds of two processes: what dropout switches off differs, as it does from row to row."""


class Together:
    """One of the processes, in a training."""

    def __init__(self, rank: Rank, recipe: Recipe, order: LengthBatches, stop: Stop) -> None:
        self.leads, self.count, self._rank, self._stop = rank.leads, rank.count, rank, stop
        self.shares = Shares(
            order,
            recipe.per_device_train_batch_size,
            recipe.gradient_accumulation_steps,
            rank.number,
            rank.count,
        )
        self.leaves = False
        """Whether all leave after this step."""
        self.is_learning = False
        """Whether steps are those of the training: those that are only measured are each one's own."""
        self._peers: Peers | None = None
        self._loss = 0.0

    @property
    def peers(self) -> Peers:
        assert self._peers is not None  # nothing is asked of them before they met
        return self._peers

    def meet(self, prepared: Any) -> None:
        """Wait for the others.

        Args:
            prepared: what has to be the same for all.

        Raises:
            WorkbenchError: the machines have not prepared the same training.
            Cancelled, Orphaned: the process is to leave.
        """
        self._peers = Peers.meet(self._rank, self._stop.check)
        digest = hashlib.sha256(repr(prepared).encode()).hexdigest()
        if len(set(self.peers.told(digest))) > 1:
            raise WorkbenchError(
                "The machines of the cluster have prepared this training in different ways, so they "
                "cannot learn it together: see that their processors and libraries are alike, or let "
                "one machine do it (WORKBENCH_RAY_WORKERS=1)."
            )

    def agreed(self, do: Callable[[], Value]) -> Value:
        """Do what each process does by itself; where one of them cannot, none goes on.

        Raises:
            NotEnoughMemory: one of them has not enough.
            Cancelled, Orphaned: one of them was told to leave.
        """
        problem: Exception | None = None
        try:
            made = do()
        except (NotEnoughMemory, Cancelled, Orphaned) as error:
            problem = error
        for told in self.peers.told(_as_told(problem)):
            if problem is None and told is not None:
                problem = NotEnoughMemory(**told) if told else Orphaned()
        if problem is not None:
            raise problem
        return made

    def loader(self, examples: Any, collator: Callable[[Any], Any]) -> DataLoader[Any]:
        """Its share of the examples, in batches; an empty one is an empty dict."""
        return DataLoader(
            Some(examples),
            batch_sampler=self.shares,
            collate_fn=lambda rows: collator(rows) if rows else {},
        )

    def begin(self, seed: int) -> None:
        """From now on steps are those of the training."""
        self.is_learning = True
        self.seed(seed, 0)

    def seed(self, seed: int, step: int) -> None:
        """Let chance differ from process to process; that of who leads is left alone."""
        if not self.leads:
            torch.manual_seed(seed + _SEED_STEP * self._rank.number + step)

    def count_loss(self, loss: torch.Tensor) -> None:
        """Note the loss of a batch of this step."""
        self._loss += float(loss)

    def step(self, weights: list[torch.Tensor], tokens: int) -> tuple[float, int]:
        """Add up a step's gradients; its loss, and the tokens that all have read in it.

        Raises:
            Orphaned: this process alone is to leave, or another one is lost.
        """
        loss, read, *wishes = self.peers.sums([self._loss, tokens, *self._wishes()])
        self._loss = 0.0
        self.peers.add_gradients(weights)
        self._hear(wishes)
        return loss, int(read)

    def mean(
        self, batches: Iterable[Any], summed: Callable[[Any], tuple[torch.Tensor, int]]
    ) -> float:
        """The mean of a loss over batches, of which each process computes its share.

        Args:
            summed: the sum of a batch's losses, and how many they are.

        Raises:
            Cancelled, Orphaned: all processes leave.
        """
        total, count, rest = 0.0, 0, iter(batches)
        while some := list(itertools.islice(rest, self.count)):
            self._hear(self.peers.sums(self._wishes()))
            if self.leaves:
                self._stop.check()
            if self._rank.number < len(some):
                loss, number = summed(some[self._rank.number])
                total, count = total + loss.item(), count + number
        total, all_ = self.peers.sums([total, count])
        return total / max(1.0, all_)

    def _wishes(self) -> list[float]:
        wishes = (self._stop.is_cancelled, self._stop.is_orphaned)
        return [float(self.leads and wish) for wish in wishes]

    def _hear(self, wishes: list[float]) -> None:
        cancelled, orphaned = wishes
        if not self.leads and not (cancelled or orphaned):
            self._stop.check()  # nobody else is to leave: who leads finds this process gone
        self.leaves = bool(cancelled or orphaned)
        if orphaned:
            self._stop.orphan()
        elif cancelled:
            self._stop.cancel()


def _as_told(problem: Exception | None) -> dict[str, Any] | None:
    """None for no problem, nothing in it where a process was told to leave."""
    if not isinstance(problem, NotEnoughMemory):
        return None if problem is None else {}
    return {
        "sentence": str(problem),
        "needed_mb": problem.needed_mb,
        "there_mb": problem.there_mb,
    }

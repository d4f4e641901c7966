"""Answers by our own loop over a decoder's layers: many at once, each with its own adapter."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import torch

from workbench.engine.models.products import own_dtype
from workbench.engine.runtime import device
from workbench.engine.serving.engines.agreement import differs, is_far
from workbench.engine.serving.engines.forward import Forward, Piece
from workbench.engine.serving.engines.kv_pool import KeyValues, Pool, Shape
from workbench.engine.serving.engines.layers import read_decoder
from workbench.engine.serving.engines.low_rank import Adapter, read_adapter
from workbench.engine.serving.engines.next_token import NextToken, unknown_settings
from workbench.engine.serving.engines.pace import Pace
from workbench.engine.serving.engines.protocol import Asked, Engine, Took
from workbench.engine.serving.engines.rotary import Unfit
from workbench.engine.serving.engines.scheduler import NoRoom, Scheduler
from workbench.engine.serving.engines.sequence import Sequence
from workbench.engine.serving.fair_lock import FairLock

NAME = "batching"
SHARE = 0.3
"""Of the memory that is free, for keys and values."""
MOST_BYTES = 4 * 2**30
TRIED = 128
"""Tokens that are timed when a model is loaded."""
ROOM = 1.5
"""Free memory needed to pack the weights, in sizes of the packed ones."""
Over = Callable[[int, list[int] | None], None]
"""Called with the place of an answer and its tokens (see `BatchingEngine.write_all`)."""


class BatchingEngine:
    """See `Engine`."""

    name = NAME

    def __init__(
        self,
        model: Any,
        turns: FairLock,
        otherwise: Engine | None,
        dtype: torch.dtype | None = None,
        budget_bytes: int | None = None,
    ) -> None:
        """Args:
            model: of transformers, without adapters.
            otherwise: answers with adapters that are none of ours; None where nobody asks for such.
            dtype: of products; the machine's own unless it is told.
            budget_bytes: for keys and values; a part of what is free unless it is told.

        Raises:
            Unfit: the model is of a kind that this engine does not compute.
        """
        dtype = dtype or own_dtype()
        self._model, self._otherwise = model, otherwise
        self._check(dtype)
        decoder = read_decoder(model, dtype)
        sides = decoder.sides
        shape = Shape(len(decoder.layers), sides.kv_heads, sides.size)
        self._sides, self._packed_bytes = sides, decoder.bytes
        forward = Forward(decoder)
        difference = differs(model, forward, shape)
        if is_far(difference, dtype):
            raise Unfit(f"its scores differ from transformers' by {difference:.0%}")
        if budget_bytes is None:
            budget_bytes = min(MOST_BYTES, int(SHARE * device.free_memory()))
        self._pool = Pool(shape, budget_bytes)
        self.scheduler = Scheduler(
            forward, self._pool, turns, Pace(TRIED, _seconds(forward, shape))
        )
        self._lock = threading.Lock()
        self._adapters: dict[str, Adapter | None] = {}

    @property
    def memory_bytes(self) -> int:
        """Packed weights, keys and values."""
        return self._packed_bytes + self._pool.used_bytes

    def write(self, asked: Asked, took: Took) -> None:
        """One answer; see `Engine`."""
        adapter = self._adapter(asked.adapter)
        if asked.adapter and adapter is None:
            assert self._otherwise is not None
            self._otherwise.write(asked, took)
            return
        one = self._sequence(asked, adapter)
        self.scheduler.submit(one)
        try:
            for token in one:
                if took(token):
                    return
        finally:
            one.leave()

    def write_all(self, asked: Iterable[Asked], over: Over) -> None:
        """Many answers, in the thread that calls; nobody else asks meanwhile.

        Args:
            asked: with adapters that this engine `takes`; fetched a few at a time.
            over: called with the place of each that is over, and with its tokens; with None where
                memory has no room for it.

        Raises:
            Exception: one of them failed, or `over` raised it; the others are given up.
        """
        places: dict[int, int] = {}

        def one(place: int, own: Asked) -> Sequence:
            made = self._sequence(own, self._adapter(own.adapter))
            places[made.number] = place
            return made

        def ended(own: Sequence) -> None:
            place = places.pop(own.number)
            try:
                tokens = list(own)
            except NoRoom:
                over(place, None)
            else:
                over(place, tokens)

        self.scheduler.compute((one(*both) for both in enumerate(asked)), ended)

    def takes(self, adapter: str) -> bool:
        """Whether answers with this adapter are computed here."""
        return self._adapter(adapter) is not None

    def _adapter(self, name: str | None) -> Adapter | None:
        with self._lock:
            return self._adapters.get(name) if name else None

    def _sequence(self, asked: Asked, adapter: Adapter | None) -> Sequence:
        penalty = getattr(self._model.generation_config, "repetition_penalty", None)
        return Sequence(asked, adapter, NextToken(asked, penalty))

    def added(self, adapter: str) -> None:
        """Take an adapter of the model over; one that is not ours is answered otherwise."""
        self.removed(adapter)
        try:
            found: Adapter | None = read_adapter(self._model, adapter, self._sides)
        except Unfit:
            found = None
        with self._lock:
            self._adapters[adapter] = found

    def removed(self, adapter: str) -> None:
        """Forget an adapter; answers that it is writing go on with it."""
        with self._lock:
            known = self._adapters.pop(adapter, None)
        if known is not None:
            self.scheduler.forget(known)

    def _check(self, dtype: torch.dtype) -> None:
        """Refuse early what would not fit."""
        if self._model.device.type != "cpu":
            raise Unfit("it is on an accelerator")
        if dtype not in (torch.bfloat16, torch.float32):
            raise Unfit(f"its products are in {dtype}")
        if others := unknown_settings(self._model.generation_config):
            raise Unfit(f"its own settings name {', '.join(others)}")
        if device.free_memory() < ROOM * self._model.num_parameters() * dtype.itemsize:
            raise Unfit("there is no memory for a second copy of its weights")


def _seconds(forward: Forward, shape: Shape) -> float:
    """What a question of `TRIED` tokens takes."""
    kv, found = KeyValues(shape, TRIED), []
    for _ in range(2):
        begun = time.perf_counter()
        forward([Piece([0] * TRIED, 0, kv, None)])
        found.append(time.perf_counter() - begun)
    return min(found)

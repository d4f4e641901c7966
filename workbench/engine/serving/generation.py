"""One answer being written: a thread computes tokens, the event loop sends them on.

The loop over tokens is transformers' `generate`, as in evaluation, so that the likeliest
answer (temperature 0) is the answer of the exam. A stopping criterion sees each new token; it
is there that an answer is sent on, cancelled, or lets another one go first.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import torch
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from workbench.core.errors import WorkbenchError
from workbench.engine.causal.loss import precision
from workbench.engine.causal.marks import Guard
from workbench.engine.serving.choosing.token_choice import TokenChoice
from workbench.engine.serving.choosing.token_logprobs import TokenLogprob
from workbench.engine.serving.errors import ApiError, too_long
from workbench.engine.serving.requests import Sampling
from workbench.engine.serving.responses import Usage
from workbench.engine.serving.stream_decoder import StreamDecoder
from workbench.engine.serving.text_model import TextModel

_log = logging.getLogger(__name__)
_END = object()


class Generation:
    """An answer in the making; iterate it once for its pieces of text."""

    def __init__(
        self,
        get_model: Callable[[], TextModel],
        adapter: str | None,
        get_prompt: Callable[[Guard], str],
        sampling: Sampling,
        invented: Callable[[str], list[str] | None] = lambda text: None,
        get_choice: Callable[[TextModel], TokenChoice] | None = None,
    ) -> None:
        self.invented = invented
        """What of the answer nobody told the model; None where that is not known."""
        self._get_model = get_model
        self._adapter = adapter
        self._get_prompt = get_prompt
        self._sampling = sampling
        self._get_choice = get_choice or (lambda loaded: TokenChoice(sampling))
        self.logprobs: Sequence[TokenLogprob] = ()
        """Of the tokens written so far, where they are asked for; grows with the answer."""
        self._cancelled = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[Any] = asyncio.Queue()
        self._thread = threading.Thread(target=self._run, name="generation", daemon=True)
        self.finish_reason = "stop"
        self.usage = Usage(0, 0)

    async def start(self) -> None:
        """Begin; returns once the model is loaded and the question fits it.

        Raises:
            ApiError: the question is too long, or the model cannot be loaded.
        """
        self._thread.start()
        first = await self._pieces.get()
        if isinstance(first, BaseException):
            raise first

    async def __aiter__(self) -> AsyncIterator[str]:
        while (piece := await self._pieces.get()) is not _END:
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    def cancel(self) -> None:
        """Stop after the token that is being computed; may be called when all is done."""
        self._cancelled.set()

    def join(self, timeout_s: float | None = None) -> None:
        """Wait until the thread has ended."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            self._write(self._get_model())
            self._send(_END)
        except ApiError as error:
            self._send(error)
        except WorkbenchError as error:
            self._send(ApiError(503, str(error)))
        except Exception as error:
            _log.exception("an answer failed")
            self._send(ApiError(500, f"The model failed while answering ({error}): see the log."))

    @torch.inference_mode()
    def _write(self, loaded: TextModel) -> None:
        ids = loaded.encode(self._get_prompt(loaded.guard))
        read = ids["input_ids"].shape[1]
        self.usage = Usage(read, 0)
        room = self._room(loaded, read)
        choice = self._get_choice(loaded)
        self.logprobs = choice.logprobs
        self._send("")
        ends = loaded.ends
        stop = [*self._sampling.stop, *([ends.text] if ends.text else [])]
        text = StreamDecoder(loaded.tokenizer, stop)
        with loaded.turns, precision():
            if self._cancelled.is_set():
                return
            loaded.select(self._adapter)
            follower = _Follower(self, loaded, text, read, choice)
            loaded.model.generate(
                **ids,
                generation_config=GenerationConfig(
                    **_settings(self._sampling),
                    max_new_tokens=min(self._sampling.max_tokens, room),
                    eos_token_id=sorted(ends.ids),
                    pad_token_id=loaded.tokenizer.pad_token_id,
                ),
                logits_processor=choice.processors(),
                stopping_criteria=StoppingCriteriaList([follower]),
            )
        self._finish(loaded, text, follower)

    def _room(self, loaded: TextModel, read: int) -> int:
        room = loaded.room_after(read)
        if room is None:
            return self._sampling.max_tokens
        if room <= 0:
            raise too_long("The question", read, loaded.context_length or 0, "messages")
        return room

    def _finish(self, loaded: TextModel, text: StreamDecoder, follower: "_Follower") -> None:
        if rest := text.finish():
            self._send(rest)
        ended = text.stopped or follower.is_whole or follower.last_token in loaded.ends.ids
        self.finish_reason = "stop" if ended else "length"
        self.usage = Usage(follower.read, follower.written)

    def _send(self, item: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(self._pieces.put_nowait, item)
        except RuntimeError:  # the loop is closed: the server is going down
            self.cancel()


class _Follower(StoppingCriteria):
    """Called with all tokens after each new one."""

    def __init__(
        self,
        generation: Generation,
        loaded: TextModel,
        text: StreamDecoder,
        read: int,
        choice: TokenChoice,
    ) -> None:
        self._generation, self._loaded, self._text = generation, loaded, text
        self._choice = choice
        self.read, self.written, self.last_token = read, 0, -1

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        self.last_token = int(input_ids[0, -1])
        self.written += 1
        ends = self._loaded.ends.ids
        self._choice.accept(self.last_token, ends=self.last_token in ends)
        if self.last_token not in ends and (piece := self._text.add(self.last_token)):
            self._generation._send(piece)
        over = self._generation._cancelled.is_set() or self._text.stopped or self.is_whole
        if not over and self._loaded.turns.is_over():
            self._let_others_go()
        return torch.full((1,), over, dtype=torch.bool, device=input_ids.device)

    @property
    def is_whole(self) -> bool:
        """Whether nothing can follow in the form that the answer keeps to."""
        return self._choice.is_over

    def _let_others_go(self) -> None:
        device = self._loaded.model.device
        devices = [device] if device.type == "cuda" else []
        with torch.random.fork_rng(devices):  # draws stay the same whoever else is answered
            self._loaded.turns.pass_on()
        self._loaded.select(self._generation._adapter)


def _settings(sampling: Sampling) -> dict[str, Any]:
    """`generate`'s arguments; also seeds the draws, repeatably if the caller says so."""
    if sampling.is_greedy:
        return {"do_sample": False}
    torch.seed() if sampling.seed is None else torch.manual_seed(sampling.seed)
    return {
        "do_sample": True,
        "temperature": float(sampling.temperature),
        "top_p": float(sampling.top_p),
        "top_k": 0,
    }

"""One answer being written: a thread makes text of tokens, the event loop sends it on.

The tokens come from the model's engine (`engines`): transformers' `generate`, as in evaluation,
or the loop that batches, which agrees with it.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.engine.causal.marks import Guard
from workbench.engine.generative.fields.asking import joined
from workbench.engine.generative.fields.constraint import Told
from workbench.engine.generative.fields.writing import Form
from workbench.engine.serving.choosing.fields_wanted import FieldsWanted
from workbench.engine.serving.choosing.json_constraint import UnusableForm
from workbench.engine.serving.choosing.token_choice import TokenChoice
from workbench.engine.serving.choosing.token_logprobs import TokenLogprob
from workbench.engine.serving.engines.protocol import Asked
from workbench.engine.serving.errors import ApiError, too_long, wrong
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
        get_choice: Callable[..., TokenChoice] | None = None,
        fields: FieldsWanted | None = None,
        read: Callable[[], str] = lambda: "",
    ) -> None:
        self.read = read
        """How much of a long question was read, in a few words; once the answer has begun."""
        self.invented = invented
        """What of the answer nobody told the model; None where that is not known."""
        self._get_model = get_model
        self._adapter = adapter
        self._get_prompt = get_prompt
        self._sampling = sampling
        self._get_choice = get_choice or (lambda loaded, form=None: TokenChoice(sampling))
        self._fields = fields
        self.logprobs: Sequence[TokenLogprob] = ()
        """Of the tokens written so far, where they are asked for; grows with the answer."""
        self._cancelled = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[Any] = asyncio.Queue()
        self._thread = threading.Thread(target=self._run, name="generation", daemon=True)
        self.finish_reason = "stop"
        self.told: Told | None = None
        """What is told of an answer in fields, once it is written."""
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
        except UnusableForm as error:
            self._send(wrong("response_format", f"cannot be kept to: {error}"))
        except WorkbenchError as error:
            self._send(ApiError(503, str(error)))
        except Exception as error:
            _log.exception("an answer failed")
            self._send(ApiError(500, f"The model failed while answering ({error}): see the log."))

    def _write(self, loaded: TextModel) -> None:
        form = self._fields.form(loaded) if self._fields else None
        if form is None or self._fields is None:
            self._write_one(loaded, self._get_prompt(loaded.guard), None, self._send)
            return
        prompts = self._fields.prompts(loaded)
        if len(prompts) == 1:
            self._write_one(loaded, prompts[0], form, self._send)
        else:
            self._write_parts(loaded, prompts, form)

    def _write_parts(self, loaded: TextModel, prompts: Sequence[str], form: Form) -> None:
        """The fields of a long text: its parts are answered in turn, and told once they are joined."""
        self._send("")
        texts, told, usage = [], [], Usage(0, 0)
        for prompt in prompts:
            pieces: list[str] = []
            self._write_one(loaded, prompt, form.of_part(), pieces.append)
            if self._cancelled.is_set():
                return
            texts.append("".join(pieces))
            told.append(self.told or Told())
            usage = Usage(
                usage.prompt_tokens + self.usage.prompt_tokens,
                usage.completion_tokens + self.usage.completion_tokens,
            )
        answer, self.told = joined(form, texts, told)
        self.usage, self.logprobs = usage, ()
        self.finish_reason = "length" if self.told.cut else "stop"
        self._send(answer)

    def _write_one(
        self, loaded: TextModel, prompt: str, form: Form | None, send: Callable[[str], None]
    ) -> None:
        inputs = loaded.encode(prompt)
        read = inputs["input_ids"].shape[1]
        self.usage = Usage(read, 0)
        room = self._room(loaded, read)
        choice = self._get_choice(loaded, form)
        self.logprobs = choice.logprobs
        send("")
        ends = loaded.ends
        asked = Asked(
            inputs=inputs,
            adapter=self._adapter,
            sampling=self._sampling,
            most=choice.room(min(self._sampling.max_tokens, room)),
            ends=ends.ids,
            pad=loaded.tokenizer.pad_token_id,
            choice=choice,
            gone=self._cancelled.is_set,
        )
        stop = [*self._sampling.stop, *([ends.text] if ends.text else [])]
        reader = _Reader(self, StreamDecoder(loaded.tokenizer, stop), ends.ids, send)
        loaded.engine.write(asked, reader.took)
        self._finish(reader, choice, read)

    def _room(self, loaded: TextModel, read: int) -> int:
        room = loaded.room_after(read)
        if room is None:
            return self._sampling.max_tokens
        if room <= 0:
            raise too_long("The question", read, loaded.context_length or 0, "messages")
        return room

    def _finish(self, reader: "_Reader", choice: TokenChoice, read: int) -> None:
        if rest := reader.text.finish():
            reader.send(rest)
        ended = reader.text.stopped or choice.is_over or reader.has_ended
        self.finish_reason = "stop" if ended and not choice.is_cut else "length"
        self.told = getattr(choice.constraint, "told", None)
        self.usage = Usage(read, reader.written)

    def _send(self, item: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(self._pieces.put_nowait, item)
        except RuntimeError:  # the loop is closed: the server is going down
            self.cancel()


class _Reader:
    """Makes text of an answer's tokens, and sends it on."""

    def __init__(
        self,
        generation: Generation,
        text: StreamDecoder,
        ends: frozenset[int],
        send: Callable[[str], None],
    ) -> None:
        self._generation, self.text, self._ends, self.send = generation, text, ends, send
        self.written, self.has_ended = 0, False

    def took(self, token: int) -> bool:
        """One more token; true if nobody needs another."""
        self.written += 1
        self.has_ended = token in self._ends
        if not self.has_ended and (piece := self.text.add(token)):
            self.send(piece)
        return self.text.stopped or self._generation._cancelled.is_set()

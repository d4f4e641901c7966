"""The answers to one request, which may be several: they grow side by side."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from starlette.concurrency import run_in_threadpool

from workbench.engine.serving.api.tools import CallReader, with_calls
from workbench.engine.serving.choosing.token_logprobs import TokenLogprob, within
from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.generation import Generation
from workbench.engine.serving.responses import Usage, Written


class Answers:
    """Generations of one request, in the order of OpenAI's indices."""

    def __init__(
        self,
        generations: Sequence[Generation],
        *,
        prompts: int = 1,
        logprobs: bool = False,
        tools: frozenset[str] = frozenset(),
        ended: Callable[["Answers"], None] = lambda answers: None,
    ) -> None:
        """Args:
        prompts: how many different questions they answer, each as many times.
        logprobs: whether log-probabilities are told.
        tools: names of those that may be called.
        ended: called once, when nothing more is computed.
        """
        self._all = list(generations)
        self._each = len(self._all) // prompts
        self._logprobs, self._ended = logprobs, ended
        self.texts = [""] * len(self._all)
        """The answers, as far as they came."""
        self._tools = tools
        self._readers = [CallReader(tools) for _ in self._all]
        self._pieces = [0] * len(self._all)
        self._told = [0] * len(self._all)
        self._is_over = self._has_failed = self._has_ended = self._was_left = False

    def __len__(self) -> int:
        return len(self._all)

    async def start(self) -> None:
        """Begin all of them; returns once the model is loaded and the questions fit it.

        Raises:
            ApiError: a question is too long, or the model cannot be loaded.
        """
        try:
            for one in self._all:
                await one.start()
        except BaseException as error:
            self._has_failed = isinstance(error, ApiError)
            self.end()
            raise

    async def pieces(self) -> AsyncIterator[tuple[int, Written]]:
        """Pieces as they come, each with its answer's index; the last of each says why it ended.

        Raises:
            ApiError: the model failed.
        """
        came: asyncio.Queue[tuple[int, str | BaseException | None]] = asyncio.Queue()
        readers = [
            asyncio.create_task(_read(index, one, came)) for index, one in enumerate(self._all)
        ]
        try:
            left = len(readers)
            while left:
                index, piece = await came.get()
                if isinstance(piece, BaseException):
                    self._has_failed = True
                    raise piece
                if piece is None:
                    left -= 1
                    self._is_over = not left
                    for last in await self._last(index):
                        yield index, last
                else:
                    yield index, self._piece(index, piece)
        finally:
            for reader in readers:
                reader.cancel()

    async def written(self, index: int) -> Written:
        """An answer that is complete."""
        one, text = self._all[index], self.texts[index]
        invented = await run_in_threadpool(one.invented, text)
        said, calls = with_calls(text, self._tools)
        reason = "tool_calls" if calls and one.finish_reason == "stop" else one.finish_reason
        tokens = self._tokens(index, 0)
        return Written(
            said, reason, tokens, invented=invented, calls=calls, told=one.told, read=one.read()
        )

    @property
    def usage(self) -> Usage:
        """Tokens read, once for each question, and written; of an answer that was given up, its
        pieces count as tokens."""
        asked = self._all[:: self._each]
        written = [
            one.usage.completion_tokens or pieces
            for one, pieces in zip(self._all, self._pieces, strict=True)
        ]
        return Usage(sum(one.usage.prompt_tokens for one in asked), sum(written))

    @property
    def was_left(self) -> bool:
        """Whether nobody waited for the end of them."""
        return self._was_left or not (self._is_over or self._has_failed)

    def leave(self) -> None:
        """Nobody waits any more: stop after the tokens that are being computed."""
        self._was_left = True
        self._cancel()

    def _cancel(self) -> None:
        for one in self._all:
            one.cancel()

    def end(self) -> None:
        """Stop, and say what came of it; once."""
        self._cancel()
        if not self._has_ended:
            self._has_ended = True
            self._ended(self)

    def _piece(self, index: int, text: str) -> Written:
        before = len(self.texts[index])
        self.texts[index] += text
        self._pieces[index] += 1
        if self._tools:
            text = self._readers[index].add(text)
        return Written(text, tokens=self._new_tokens(index), before=before)

    async def _last(self, index: int) -> list[Written]:
        """What is left to tell, and why the answer ended."""
        before, tokens = len(self.texts[index]), self._new_tokens(index)
        whole = await self.written(index)
        rest, _ = self._readers[index].finish()
        last = replace(whole, text="", tokens=tokens or None, before=before)
        return [Written(rest, tokens=tokens and [], before=before), last] if rest else [last]

    def _new_tokens(self, index: int) -> Sequence[TokenLogprob] | None:
        tokens = self._tokens(index, self._told[index])
        self._told[index] += len(tokens or ())
        return tokens

    def _tokens(self, index: int, told: int) -> Sequence[TokenLogprob] | None:
        if not self._logprobs:
            return None
        known = list(self._all[index].logprobs)
        return known[told : within(known, self.texts[index])]


async def _read(
    index: int, one: Generation, came: "asyncio.Queue[tuple[int, str | BaseException | None]]"
) -> None:
    try:
        async for piece in one:
            came.put_nowait((index, piece))
        came.put_nowait((index, None))
    except Exception as error:
        came.put_nowait((index, error))

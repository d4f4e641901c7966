"""One address asked in OpenAI's format: with limits and patience, and each trouble as one sentence."""

import asyncio
import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from workbench.core.errors import WorkbenchError
from workbench.core.words import shortened
from workbench.evaluation.judge.address import PATH, host_of, is_here
from workbench.evaluation.judge.replies import Reply

TRIES, FIRST_TRIES = 6, 3
"""How often a request is tried; and while nothing has been answered yet, where nobody answers, or no model."""
PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""Before the second try, doubled before each further one; the longest that is waited for at once, also
where the server names a time (Retry-After)."""
CONNECT_S = 10.0
MOST_BYTES = 1_000_000
"""Of a reply; a verdict with its reason has some hundred."""
_WORDS = 200
_SETTINGS = "the Settings page, or `python -m workbench judge --set-key --address ADDRESS`"
_KEPT = "What was answered is kept: start it again later, and only the rest is asked."


class _Passing(WorkbenchError):
    """Trouble that may be over by itself."""

    def __init__(
        self, sentence: str, wait_s: float | None = None, *, is_a_models: bool = False
    ) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s
        """So long the server wants to be left alone; None if it does not say."""
        self.is_a_models = is_a_models
        """Whether a server of models says so; else the address may be a wrong one."""


class Asker:
    """Asks one model at one address."""

    def __init__(
        self,
        url: str,
        model: str,
        key: str = "",
        *,
        max_tokens: int,
        temperature: float,
        timeout_s: float,
    ) -> None:
        """
        Args:
            url: as `address.tidy` gives it.
            timeout_s: for one request, from its first byte to the last one of the reply.
        """
        self._url, self._model, self._key, self._timeout_s = url, model, key, timeout_s
        self._host = host_of(url)
        self._has_answered = False
        self._options: dict[str, Any] = {"max_tokens": max_tokens, "temperature": temperature}

    def client(self) -> httpx.AsyncClient:
        """To be closed by who opens it. What stays on this computer passes no proxy."""
        return httpx.AsyncClient(
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
            timeout=httpx.Timeout(self._timeout_s, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=not is_here(self._url),
        )

    async def ask(self, client: httpx.AsyncClient, messages: Sequence[Mapping[str, str]]) -> Reply:
        """The reply; tried again after trouble that may pass.

        Raises:
            WorkbenchError: the key, the model or the address is wrong, or the trouble does not pass.
        """
        for tried in itertools.count(1):
            try:
                reply = await self._within_time(client, messages)
            except _Passing as trouble:
                hopeful = self._has_answered or trouble.is_a_models
                if tried >= (TRIES if hopeful else FIRST_TRIES):
                    raise WorkbenchError(f"{trouble} {_KEPT}") from trouble
                pause_s = max(PAUSE_S * 2 ** (tried - 1), trouble.wait_s or 0.0)
                await asyncio.sleep(min(LONGEST_PAUSE_S, pause_s))
            else:
                self._has_answered = True
                return reply
        raise AssertionError("it is tried until it is given up")

    async def _within_time(
        self, client: httpx.AsyncClient, messages: Sequence[Mapping[str, str]]
    ) -> Reply:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._once(client, messages)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise _Passing(
                f"The judge at {self._host} did not answer within {self._timeout_s:g} seconds: take a "
                "faster model or a shorter reply, or allow more time."
            ) from error
        except httpx.HTTPError as error:
            raise _Passing(
                f"The judge at {self._host} cannot be reached ({_cause(error)}): check the address, and "
                "that its server is running."
            ) from error
        except httpx.InvalidURL as error:
            raise WorkbenchError(f"The judge's address cannot be used ({error}).") from error

    async def _once(
        self, client: httpx.AsyncClient, messages: Sequence[Mapping[str, str]]
    ) -> Reply:
        while True:
            body = {"model": self._model, "messages": list(messages), **self._options}
            async with client.stream("POST", self._url + PATH, json=body) as response:
                content = await self._content(response)
            if response.is_success:
                return self._reply(content)
            words = self._words(content)
            if not (response.status_code in (400, 422) and self._does_without(words)):
                return self._trouble(response, words)

    async def _content(self, response: httpx.Response) -> bytes:
        content = b""
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > MOST_BYTES:
                raise _Passing(
                    f"The reply of {self._host} has no end: check that the address is the one for "
                    "programs (it mostly ends in /v1)."
                )
        return content

    def _reply(self, content: bytes) -> Reply:
        try:
            value = json.loads(content)
            text = value["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise _Passing(
                f"{self._host} answers with something that is no reply of a model in OpenAI's format: "
                "check that the address is the one for programs (it mostly ends in /v1)."
            ) from error
        if isinstance(text, list):  # in parts
            text = "".join(str(one.get("text") or "") for one in text if isinstance(one, dict))
        usage = value.get("usage")
        tokens = usage.get("total_tokens") if isinstance(usage, dict) else 0
        # A model that refuses, or only thinks, gives no text: that is read as no verdict.
        return Reply(
            text if isinstance(text, str) else "", tokens=tokens if isinstance(tokens, int) else 0
        )

    def _does_without(self, words: str) -> bool:
        """Whether the server does not take an option by its name, and another way is left."""
        if "max_tokens" in words and "max_tokens" in self._options:
            limit = self._options.pop("max_tokens")
            if "max_completion_tokens" in words:
                self._options["max_completion_tokens"] = limit
            return True
        return "temperature" in words and self._options.pop("temperature", None) is not None

    def _trouble(self, response: httpx.Response, words: str) -> Reply:
        """What a status other than 200 means: an error, or that this one text is not taken."""
        status, said = response.status_code, f" Its words: “{words}”." if words else ""
        if status == 401 and not self._key:
            raise WorkbenchError(f"{self._host} asks for a key: enter it ({_SETTINGS}).{said}")
        if status in (401, 403):
            raise WorkbenchError(
                f"{self._host} does not accept the key, or the key may not use '{self._model}': enter "
                f"another one ({_SETTINGS}).{said}"
            )
        if status == 404 or (status == 400 and "model" in words and self._model in words):
            raise WorkbenchError(
                f"{self._host} has no model '{self._model}', or the address is not right: check "
                f"both.{said}"
            )
        if response.is_redirect:
            raise WorkbenchError(
                f"{self._host} passes on to another address, and nothing is sent there: if you trust it, "
                "enter that one as the judge's address."
            )
        if status == 402 or "insufficient_quota" in words:
            raise WorkbenchError(f"{self._host} wants to be paid first.{said} {_KEPT}")
        if status in (408, 409, 425, 429) or status >= 500:
            what = "is asked too often" if status == 429 else f"has trouble of its own ({status})"
            raise _Passing(f"{self._host} {what}.{said}", _wait_s(response), is_a_models=True)
        return Reply(refused=words or f"Error {status}.")

    def _words(self, content: bytes) -> str:
        """What the server says of its error, on one line and without the key."""
        try:
            error = json.loads(content)
            error = error.get("error", error.get("message", error.get("detail", "")))
            if isinstance(error, dict):
                error = " ".join(str(error.get(name) or "") for name in ("message", "code"))
        except (ValueError, AttributeError, RecursionError):
            error = ""
        text = " ".join(str(error or "").split())
        if self._key:
            text = text.replace(self._key, "…")
        return shortened(text, _WORDS)


def _wait_s(response: httpx.Response) -> float | None:
    try:
        wait_s = float(response.headers.get("Retry-After", ""))
    except ValueError:  # none, or a date
        return None
    return wait_s if 0 <= wait_s < float("inf") else None


def _cause(error: Exception) -> str:
    return shortened(" ".join(str(error).split()) or type(error).__name__, 120)

"""From token ids, one at a time, to text that can be sent: whole characters, no stop string."""

from collections.abc import Sequence
from typing import Any

_HALF = "\ufffd"
"""What a tokenizer writes for the bytes of a character that is not complete yet."""


class StreamDecoder:
    """Decodes a growing answer; gives each piece once no later token can change it."""

    def __init__(self, tokenizer: Any, stop: Sequence[str] = ()) -> None:
        self._tokenizer = tokenizer
        self._stop = tuple(stop)
        self._ids: list[int] = []
        self._start = 0
        """First token that still matters for decoding (some tokenizers need one before)."""
        self._read = 0
        self._held = ""
        """Decoded, but possibly the beginning of a stop string."""
        self.stopped = False

    def add(self, token_id: int) -> str:
        """The text that became certain with this token; may be empty."""
        self._ids.append(token_id)
        text = self._decode(self._start, None)
        before = self._decode(self._start, self._read)
        if text.endswith(_HALF) or len(text) <= len(before):
            return ""
        self._start, self._read = self._read, len(self._ids)
        return self._release(text[len(before) :])

    def finish(self) -> str:
        """What was held back, now that nothing follows."""
        text = self._decode(self._start, None)
        before = self._decode(self._start, self._read)
        self._start = self._read = len(self._ids)
        rest = self._release(text[len(before) :])
        held, self._held = self._held, ""
        return rest + held

    def _decode(self, start: int, end: int | None) -> str:
        return str(self._tokenizer.decode(self._ids[start:end], skip_special_tokens=True))

    def _release(self, text: str) -> str:
        if self.stopped:
            return ""
        text, self._held = self._held + text, ""
        found = [at for stop in self._stop if (at := text.find(stop)) >= 0]
        if found:
            self.stopped = True
            return text[: min(found)]
        keep = max((overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` may be the beginning of `stop`."""
    longest = min(len(text), len(stop) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(stop[:n])), 0)

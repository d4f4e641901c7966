"""The replies of a judge so far, in the job's folder: a line each, so that nothing is asked again.

replies.jsonl     place, again, swapped, and `text` or `refused`; a torn last line is passed over
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from workbench.evaluation.judge.reading import read_verdict

FILE = "replies.jsonl"
KEPT_CHARACTERS = 4000
"""Of a reply, its end: the verdict stands there."""


class Asked(NamedTuple):
    """One request: which pair, the how-manieth time, and whether its answers' places were swapped."""

    place: int
    again: int
    swapped: bool


@dataclass(frozen=True)
class Reply:
    """What came of it."""

    text: str = ""
    refused: str = ""
    """Why the judge takes this one not, in its server's words; empty of all others."""
    tokens: int = 0

    @property
    def verdict(self) -> str | None:
        """A, B, a tie, or None where that cannot be read."""
        return None if self.refused else read_verdict(self.text)


class Replies:
    """All replies of one job, each kept as soon as it came."""

    def __init__(self, folder: Path, former: Path | None = None) -> None:
        """
        Args:
            former: the folder of a job that asked the same and was ended on its way.
        """
        self._path = folder / FILE
        self.found = {**(read(former) if former else {}), **read(folder)}

    def keep(self, asked: Asked, reply: Reply) -> None:
        """Keep a reply, safely on the disk.

        Raises:
            OSError: the disk takes nothing.
        """
        self.found[asked] = reply
        with self._path.open("a", encoding="utf-8") as handle:
            handle.write(_line(asked, reply))
            handle.flush()
            os.fsync(handle.fileno())

    def keep_former(self) -> None:
        """Write down here what another job was answered, so that this folder holds everything."""
        own = read(self._path.parent)
        lines = [_line(asked, reply) for asked, reply in self.found.items() if asked not in own]
        with self._path.open("a", encoding="utf-8") as handle:
            handle.write("".join(lines))


def read(folder: Path) -> dict[Asked, Reply]:
    """The replies in a job's folder; none where there are none, or they are damaged."""
    try:
        lines = (folder / FILE).read_bytes().splitlines()
    except OSError:
        return {}
    return dict(found for line in lines if (found := _read(line)))


def _line(asked: Asked, reply: Reply) -> str:
    value: dict[str, Any] = {"place": asked.place, "again": asked.again, "swapped": asked.swapped}
    value |= {"text": reply.text[-KEPT_CHARACTERS:], "tokens": reply.tokens}
    if reply.refused:
        value["refused"] = reply.refused
    # Behind a line that a kill has torn, the first line break ends that one.
    return "\n" + json.dumps(value) + "\n"


def _read(line: bytes) -> tuple[Asked, Reply] | None:
    try:
        value = json.loads(line)
        asked = Asked(int(value["place"]), int(value["again"]), bool(value["swapped"]))
        reply = Reply(str(value["text"]), str(value.get("refused", "")), int(value["tokens"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return asked, reply

"""What is known of a request under way, filled in by whoever learns it; kept in its ASGI scope."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.engine.serving.access.caller import NOBODY, Caller

_KEY = "workbench.record"
LEFT = 499
"""The status of a request whose answer nobody waited for."""


@dataclass
class Record:
    """One request."""

    caller: Caller = NOBODY
    model: str = ""
    """As it was asked for."""
    answered_by: str = ""
    """The id of the model behind that name; empty while none is found."""
    tokens_read: int = 0
    tokens_written: int = 0
    question: Any = None
    """What was asked, as plain values."""
    answers: Sequence[Any] = field(default_factory=list)
    left: bool = False
    """Whether nobody waited for the whole answer."""


def record_of(scope: MutableMapping[str, Any]) -> Record:
    """The record of the request with this scope, made at the first look."""
    found = scope.setdefault(_KEY, Record())
    assert isinstance(found, Record)
    return found

"""Requests whose key was refused, for the audit log: folded, so that nobody can flood it.

Of one key and address there is a line at once, and then at most one a minute that says how many
there were; of all together at most `MOST` a minute. A key stands nowhere: of an unknown one its
beginning does, if it is long enough to keep the rest a secret.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from workbench.engine.serving.access.caller import Caller

WITHOUT, UNKNOWN, REVOKED, OVER_LIMIT = "no key", "unknown key", "revoked key", "over its limit"
FOLD_S = 60.0
MOST = 20
"""Different ones that are told apart within a minute; of further ones it is only counted."""
_SHOWN, _LONG = 8, 24
_OTHERS = "from other addresses, or with other keys"


@dataclass(frozen=True)
class Refusal:
    """Requests that were refused for the same reason."""

    why: str
    begins: str = ""
    """Of an unknown key, its first characters."""
    key_id: int | None = None
    name: str = ""
    """The key's, where it is or was one of ours."""
    project_id: int | None = None
    address: str = ""
    times: int = 1

    def as_dict(self) -> dict[str, object]:
        """Plain values, for the event."""
        return asdict(self)


def of_unknown(key: str, address: str) -> Refusal:
    """Of a key that is none of ours, or of none at all."""
    begins = key[:_SHOWN] if len(key) >= _LONG else ""
    shown = begins if begins.isascii() and begins.isprintable() else ""
    return Refusal(UNKNOWN if key else WITHOUT, shown, address=address)


def of_known(why: str, caller: Caller, address: str) -> Refusal:
    """Of a key of ours that is good no longer, or has used what it may."""
    return Refusal(why, "", caller.key_id, caller.name, caller.project_id, address)


class Refusals:
    """Tells of each once, and again after a minute how many came meanwhile."""

    def __init__(
        self,
        tell: Callable[[Refusal], None] = lambda refusal: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell, self._clock = tell, clock
        self._told: dict[Refusal, float] = {}
        """When each was told of last."""
        self._more: dict[Refusal, int] = {}
        """How many came since."""

    def note(self, refusal: Refusal) -> None:
        """A request was refused."""
        self.tell_due()
        if refusal not in self._told and len(self._told) >= MOST:
            refusal = Refusal(refusal.why, address=_OTHERS)
        if refusal in self._told:
            self._more[refusal] = self._more.get(refusal, 0) + 1
        else:
            self._say(refusal)

    def tell_due(self) -> None:
        """Tell of what came within the minutes that are over by now."""
        before = self._clock() - FOLD_S
        for refusal in [one for one, at in self._told.items() if at <= before]:
            del self._told[refusal]
            if more := self._more.pop(refusal, 0):
                self._say(refusal, more)

    def tell_all(self) -> None:
        """Tell of the rest: the server ends."""
        for refusal, more in self._more.items():
            self._tell(replace(refusal, times=more))
        self._more.clear()

    def _say(self, refusal: Refusal, times: int = 1) -> None:
        self._told[refusal] = self._clock()
        self._tell(replace(refusal, times=times))

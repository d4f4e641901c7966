"""Who may ask how an installation is doing: whoever asks on its own machine, or has the token."""

import hashlib
import hmac

from storage.errors import StorageError
from storage.operations import setting
from workbench.core.hosts import LOOPBACK, name_of

VARIABLE = "WORKBENCH_METRICS_TOKEN"
_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "forwarded", "via")
"""A proxy says one of these at least, and nobody asks through it for somebody on this machine."""


def is_welcome(headers: dict[str, str]) -> bool:
    """Whether these headers (names in small letters) are of somebody who may ask."""
    own = name_of(headers.get("host", "")) in LOOPBACK
    if own and not any(name in headers for name in _FORWARDED):
        return True
    scheme, _, said = headers.get("authorization", "").strip().partition(" ")
    try:
        wanted = setting.value(VARIABLE)
    except StorageError:
        return False
    return (
        bool(wanted)
        and scheme.lower() == "bearer"
        and hmac.compare_digest(_digest(said.strip()), _digest(wanted))
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()

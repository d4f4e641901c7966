"""Under which names a server on this machine is asked: what a request's Host and Origin say.

A server that listens on loopback only is still within reach of every page that the user's
browser shows. Such a page sends its own origin, or (DNS rebinding) its own name as the host.
"""

import re
from collections.abc import Iterable

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::[0-9]{0,5})?", re.ASCII)
_ORIGIN = re.compile(r"https?://([^/?#@\\]+)")


def name_of(host: str) -> str | None:
    """`LocalHost:8501` → `localhost`, `[::1]:8501` → `::1`; None if it is no host."""
    found = _HOST.fullmatch(host.strip().lower())
    if found is None:
        return None
    return found[1] or found[2].removesuffix(".") or None


def host_of_origin(origin: str) -> str | None:
    """`https://wb.example:8443` → `wb.example:8443`; None for `null` and what is no origin."""
    found = _ORIGIN.fullmatch(origin.strip().lower())
    return found[1] if found else None


def named(listed: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names in a list such as `wb.example, 192.168.1.5`, and what in it is no name."""
    entries = [entry for part in listed.split(",") if (entry := part.strip())]
    names = {entry: name_of(host_of_origin(entry.rstrip("/")) or entry) for entry in entries}
    return frozenset(filter(None, names.values())), _without_name(names.items())


def _without_name(names: Iterable[tuple[str, str | None]]) -> tuple[str, ...]:
    return tuple(entry for entry, name in names if name is None)

"""The keys of programs, as hashes in keys.json; one that is made or revoked counts at once."""

import hashlib
import hmac
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.engine.serving.access.caller import Caller
from workbench.engine.serving.watching.reread import Reread
from workbench.jobs.process.serve_files import REVOKED, AccessKey

_log = logging.getLogger(__name__)


class KeyRing:
    """The keys that are good now, and some that were."""

    def __init__(self, path: Path) -> None:
        self._keys: Reread[tuple[AccessKey, ...]] = Reread(path, _read, ())
        self._revoked: Reread[tuple[AccessKey, ...]] = Reread(path.with_name(REVOKED), _read, ())

    def caller(self, key: str) -> Caller | None:
        """Whose key this is; None if it is none, after the same time whichever it resembles."""
        return _found(key, self._keys.now())

    def former(self, key: str) -> Caller | None:
        """Whose key this was that was revoked; None if it never was one, as far as is known."""
        return _found(key, self._revoked.now())


def _found(key: str, keys: Iterable[AccessKey]) -> Caller | None:
    said = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
    found = None
    for one in keys:
        if hmac.compare_digest(said.encode(), one.key_hash.encode()):
            found = Caller.of_key(one)
    return found


def _read(listed: Any) -> tuple[AccessKey, ...] | None:
    """The keys in the file; none at all if one of them cannot be read."""
    if not isinstance(listed, list):
        return ()
    try:
        return tuple(map(AccessKey.from_dict, listed))
    except WorkbenchError as error:
        _log.warning("keys.json is not believed: %s", error)
        return ()

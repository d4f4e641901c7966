"""Where the model server answers: on a port of its own that stays, so that programs find it again.

It is chosen once, by the system, and kept; where another program has it meanwhile, a new one is.
Whether the server stays awake when nobody asks is kept beside it.
"""

import contextlib
import socket

from storage import files
from storage.database import Store
from storage.rights.installation import check_administrator
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.jobs.process.serve_files import PORT, STAY_AWAKE
from workbench.use import switches

_HOST = "127.0.0.1"
_LOWEST, _HIGHEST = 1024, 65_535


def usual() -> int:
    """The port for the next server; 0 where none can be had now.

    Raises:
        StorageError: the disk takes nothing.
    """
    kept = known()
    if kept is not None and _free(kept):
        return kept
    found = _free(0)
    path = files.folder("serve") / PORT
    with files.said_on_disk(path):
        write_json(path, found)
    return found


def known() -> int | None:
    """The port that was chosen; None while there was none."""
    kept = read_json(files.folder("serve") / PORT)
    fits = type(kept) is int and _LOWEST <= kept <= _HIGHEST
    return kept if fits else None


def stays_awake() -> bool:
    """Whether the server does not end when nobody asks for a while."""
    return switches.is_on(STAY_AWAKE)


def stay_awake(store: Store, on: bool) -> None:
    """Let it stay, or end again when nobody asks; a server at work obeys at once.

    Raises:
        StorageError: the disk takes nothing, or who asks is no administrator: it is one server for all.
    """
    check_administrator(store, "how long the model server stays awake")
    switches.switch(STAY_AWAKE, on)


def _free(port: int) -> int:
    """The port if a server could have it (0: any one); else 0."""
    with contextlib.suppress(OSError), socket.create_server((_HOST, port)) as found:
        return int(found.getsockname()[1])
    return 0

"""Switches of the model server: a file that is there or not, so that a server at work sees it at once."""

from storage import files


def is_on(name: str) -> bool:
    """Whether the switch of this file name is on."""
    return (files.folder("serve") / name).exists()


def switch(name: str, on: bool) -> None:
    """Turn it on or off.

    Raises:
        StorageError: the disk takes nothing.
    """
    path = files.folder("serve") / name
    with files.said_on_disk(path):
        if on:
            path.touch(mode=0o600)
        else:
            path.unlink(missing_ok=True)

"""The databases that a home was used with: the rows of any of them may name its files.

The home lists them in `databases.txt`, a line for each; the SQLite file in it is one of them.
"""

from storage import address, files

FILE = "databases.txt"
OWN = "workbench.db"
UNKNOWN = "a database from before this list"
"""Stands for one that named the home's files when a new database was first used with them."""


def name_of(url: str) -> str:
    """What the list calls the database at this address."""
    where = address.parsed(url)
    if where.database == str(files.home() / OWN):
        return OWN
    return f"{where.host or ''}:{where.port or ''}/{where.database}"


def listed() -> set[str]:
    """The databases that the home was used with before."""
    path = files.home() / FILE
    return set(path.read_text("utf-8", "replace").splitlines()) if path.exists() else set()


def add(name: str) -> None:
    """List a database, unless it is."""
    if name not in listed():
        with (files.home() / FILE).open("a", encoding="utf-8") as handle:
            handle.write(name + "\n")


def is_only(url: str) -> bool:
    """Whether no other database ever used this home; from now on this one is listed."""
    mine = name_of(url)
    add(mine)
    own = {OWN} if (files.home() / OWN).exists() else set()
    return listed() | own == {mine}


def holds_objects() -> bool:
    """Whether the home holds files that rows of some database name."""
    home = files.home()
    objects = (
        path for path in (home / "objects").glob("[0-9a-f][0-9a-f]/*") if len(path.name) == 64
    )
    jobs = (path for path in (home / "jobs").glob("[0-9]*") if path.is_dir())
    return next(objects, None) is not None or next(jobs, None) is not None

"""Where the database is: reading its URL, and naming it without its password."""

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError

from storage import files
from storage.errors import StorageError
from storage.operations import setting

VARIABLE = "WORKBENCH_DATABASE_URL"
_EXAMPLE = "postgresql://user:password@host/name"


def database_url() -> str:
    """The URL from the environment or a file that it names, else the SQLite file in the home.

    Raises:
        StorageError: that file cannot be read.
    """
    return setting.value(VARIABLE) or f"sqlite:///{files.home() / 'workbench.db'}"


def parsed(url: str) -> sa.URL:
    """The URL with the driver that this project uses; `postgres://` means PostgreSQL as well.

    Raises:
        StorageError: it is no URL of SQLite or PostgreSQL; the sentence does not repeat it.
    """
    try:
        found = sa.make_url(url)
    except (ArgumentError, ValueError):
        raise _unknown() from None
    match found.drivername.split("+")[0]:
        case "sqlite":
            return found
        case "postgresql" | "postgres":
            return found.set(drivername="postgresql+psycopg")
    raise _unknown()


def unreachable(url: sa.URL, error: DBAPIError) -> StorageError:
    """What to say when the database does not answer; never with its password."""
    lines = str(error.orig).strip().splitlines() or ["no answer"]
    reason = lines[0].removeprefix("connection failed: ")
    if url.password:
        reason = reason.replace(str(url.password), "***")
    if url.get_backend_name() == "sqlite":
        return StorageError(
            f"The database {url.database} cannot be opened ({reason}): check that the folder is "
            "there and that you may write to it."
        )
    return StorageError(
        f"The database {shown(url)} cannot be reached ({reason}): check that PostgreSQL runs "
        f"there and that {VARIABLE} is right."
    )


def shown(url: sa.URL) -> str:
    """The address for people to read, its password hidden."""
    return url.set(query={}).render_as_string().replace("+psycopg", "")


def _unknown() -> StorageError:
    return StorageError(
        f"{VARIABLE} names no database that the workbench can use: set it to an address such as "
        f"{_EXAMPLE}, or leave it out to keep everything in one SQLite file."
    )

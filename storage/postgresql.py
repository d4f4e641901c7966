"""What PostgreSQL needs to keep the texts that SQLite keeps; loaded only where it is used."""

from typing import Any

from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown


class TextDumper(StrDumperUnknown):
    """Text without NUL characters, which PostgreSQL cannot store: a program's log may hold some."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\x00", ""))


PREPARED = 400
"""Statements that a connection keeps planned: to plan one takes longer than to run it, and the pages
have some hundreds. psycopg's own limit is 100."""


def on_connect(connection: Any, _record: Any) -> None:
    """Teach a new connection the rules."""
    connection.adapters.register_dumper(str, TextDumper)
    connection.prepared_max = PREPARED

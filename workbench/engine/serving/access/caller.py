"""Who asks: the workbench itself, a program by its key, or somebody where no key is asked for."""

from dataclasses import dataclass

from workbench.jobs.process.serve_files import OWN, AccessKey


@dataclass(frozen=True)
class Caller:
    """Whose request it is, and what it may do."""

    name: str = ""
    """The key's name; empty where nobody said a key that is good."""
    key_id: int | None = None
    project_id: int | None = None
    """The project whose models alone it may ask; None for all."""
    requests_a_minute: int | None = None
    tokens_a_day: int | None = None
    tokens_a_month: int | None = None

    @classmethod
    def of_key(cls, key: AccessKey) -> "Caller":
        """Who has this key."""
        limits = key.requests_a_minute, key.tokens_a_day, key.tokens_a_month
        return cls(key.name, key.id, key.project_id, *limits)


NOBODY = Caller()
WORKBENCH = Caller(OWN)
"""Whoever has the server's own key."""

"""Which kinds of jobs work for the whole installation; `workbench.jobs.kinds` says so.

Storage knows no kinds by name. Until somebody has said it nothing is told of jobs, so that a forgotten
import refuses rather than allows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from storage.rights.refusals import Unguarded


@dataclass
class Shared:
    """Kinds whose jobs belong to nobody."""

    _kinds: frozenset[str] = field(default_factory=frozenset)
    _used: frozenset[str] = field(default_factory=frozenset)

    def say(self, kinds: Iterable[str], used_by_all: Iterable[str]) -> None:
        """Tell which there are.

        Args:
            kinds: seen by all with an account.
            used_by_all: those among them that whoever uses models may start and end.
        """
        self._kinds, self._used = frozenset(kinds), frozenset(used_by_all)

    @property
    def kinds(self) -> frozenset[str]:
        """Seen by all with an account.

        Raises:
            Unguarded: nobody has said it.
        """
        if not self._kinds:
            raise Unguarded("Import workbench.jobs.kinds before jobs are asked for a person.")
        return self._kinds

    @property
    def used_by_all(self) -> frozenset[str]:
        """Those among them that whoever uses models may start and end."""
        return self._used


SHARED = Shared()
"""Of this process."""

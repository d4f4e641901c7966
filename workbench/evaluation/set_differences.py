"""What differs between the wanted categories of a text and those that were given."""

from dataclasses import dataclass

from workbench.core.tasks.category_sets import categories_in


@dataclass(frozen=True)
class SetDifference:
    """The categories of a text by what became of them, each in the order of the sets."""

    right: list[str]
    """Wanted, and given."""
    missed: list[str]
    """Wanted, but not given."""
    too_many: list[str]
    """Given, but not wanted."""

    @property
    def is_exact(self) -> bool:
        """Whether the sets are the same."""
        return not self.missed and not self.too_many


def set_difference(expected: str, given: str) -> SetDifference:
    """Compare two sets, as `category_sets.written` has them."""
    wanted, told = categories_in(expected), categories_in(given)
    return SetDifference(
        [name for name in wanted if name in told],
        [name for name in wanted if name not in told],
        [name for name in told if name not in wanted],
    )

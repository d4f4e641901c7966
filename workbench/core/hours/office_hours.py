"""Office hours: when trainings stand still, and when something that needs so long will be done.

All moments are in UTC; the clock on the wall is that of a zone, by default this machine's, with its
summer time. A day's hours are those that the clock shows, so they are an hour shorter or longer where
it is changed meanwhile.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import WorkbenchError

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORKDAYS = frozenset(range(5))
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class OfficeHours:
    """From when to when, on which days; over midnight where the end is earlier than the beginning."""

    begins: dt.time
    ends: dt.time
    days: frozenset[int] = WORKDAYS
    """On which they begin; Monday is 0."""
    zone: dt.tzinfo | None = None
    """None for this machine's."""

    def __post_init__(self) -> None:
        if self.begins == self.ends:
            raise WorkbenchError("Office hours end at another time than they begin: change one.")
        if not self.days <= set(range(7)) or not self.days:
            raise WorkbenchError("Office hours need at least one day of the week: choose one.")

    @classmethod
    def read(cls, told: dict[str, Any]) -> "OfficeHours | None":
        """From a setting; None for none.

        Raises:
            WorkbenchError: it says no hours.
        """
        if not told:
            return None
        try:
            begins, ends = (dt.time.fromisoformat(str(told[name])) for name in ("begins", "ends"))
            return cls(begins, ends, frozenset(int(day) for day in told["days"]))
        except (KeyError, TypeError, ValueError) as error:
            raise WorkbenchError(
                "The office hours cannot be read: set them anew, as 08:00 to 18:00."
            ) from error

    def as_dict(self) -> dict[str, Any]:
        """For a setting."""
        return {
            "begins": f"{self.begins:%H:%M}",
            "ends": f"{self.ends:%H:%M}",
            "days": sorted(self.days),
        }

    @property
    def words(self) -> str:
        """As in a sentence: "08:00 to 18:00, Monday to Friday"."""
        days = sorted(self.days)
        names = [WEEKDAYS[day] for day in days]
        run = days == list(range(days[0], days[-1] + 1)) and len(days) > 2
        which = f"{names[0]} to {names[-1]}" if run else ", ".join(names)
        return f"{self.begins:%H:%M} to {self.ends:%H:%M}, {which}"

    def holds_until(self, at: dt.datetime) -> dt.datetime | None:
        """When they end that it is now; None outside of them."""
        begins, ends = next(self._from(at))
        return ends if begins <= at else None

    def finish(self, at: dt.datetime, seconds: float) -> dt.datetime:
        """When that is done which begins at `at` and takes so long, standing still in the hours."""
        left = dt.timedelta(seconds=max(0.0, seconds))
        for begins, ends in self._from(at):
            if not left or left <= begins - at:
                break
            left -= max(begins - at, dt.timedelta())
            at = max(at, ends)
        return at + left

    def _from(self, at: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """The hours that are not over at `at`, one after the other, for ever; as one what overlaps."""
        day = at.astimezone(self.zone).date() - _DAY
        held: tuple[dt.datetime, dt.datetime] | None = None
        while True:
            if day.weekday() in self.days:
                last = day if self.begins < self.ends else day + _DAY
                begins, ends = self._moment(day, self.begins), self._moment(last, self.ends, fold=1)
                if held and begins <= held[1]:
                    held = (held[0], max(held[1], ends))
                else:
                    if held and held[1] > at:
                        yield held
                    held = (begins, ends)
            day += _DAY

    def _moment(self, day: dt.date, time: dt.time, fold: int = 0) -> dt.datetime:
        shown = dt.datetime.combine(day, time.replace(fold=fold))
        zoned = shown.astimezone() if self.zone is None else shown.replace(tzinfo=self.zone)
        return zoned.astimezone(dt.UTC)


def finish(hours: OfficeHours | None, at: dt.datetime, seconds: float) -> dt.datetime:
    """When something is done that takes so long; without hours at once after that time."""
    if hours is None:
        return at + dt.timedelta(seconds=max(0.0, seconds))
    return hours.finish(at, seconds)

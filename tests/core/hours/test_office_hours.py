"""Office hours against a clock that is looked at every quarter of an hour, in summer and winter time."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.core.errors import WorkbenchError
from workbench.core.hours.office_hours import OfficeHours, finish

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
MINUTE, QUARTER = dt.timedelta(minutes=1), dt.timedelta(minutes=15)
USUAL = OfficeHours(dt.time(8), dt.time(18), zone=BERLIN)
NIGHT = OfficeHours(dt.time(22), dt.time(6), frozenset({4, 6}), BERLIN)


def berlin(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-02T08:00", "2026-03-02T18:00"),  # a Monday
        ("2026-03-02T17:59", "2026-03-02T18:00"),
        ("2026-03-02T18:00", None),
        ("2026-03-02T07:59", None),
        ("2026-03-07T12:00", None),  # a Saturday
    ],
)
def test_it_is_known_until_when_they_hold(at: str, until: str | None) -> None:
    assert USUAL.holds_until(berlin(at)) == (berlin(until) if until else None)


@pytest.mark.parametrize(
    ("at", "hours", "done"),
    [
        ("2026-03-02T20:00", 4, "2026-03-03T00:00"),
        ("2026-03-02T20:00", 12, "2026-03-03T08:00"),
        ("2026-03-02T20:00", 13, "2026-03-03T19:00"),
        ("2026-03-02T12:00", 1, "2026-03-02T19:00"),
        ("2026-03-06T17:00", 60, "2026-03-09T06:00"),  # over the weekend
        ("2026-03-28T23:00", 9, "2026-03-29T09:00"),  # the night without an hour; a Sunday
        ("2026-10-24T23:00", 9, "2026-10-25T07:00"),  # the night with one more
        ("2026-03-02T20:00", 0, "2026-03-02T20:00"),
    ],
)
def test_it_is_known_when_something_is_done(at: str, hours: float, done: str) -> None:
    assert USUAL.finish(berlin(at), hours * 3600) == berlin(done)


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    assert NIGHT.holds_until(berlin("2026-03-07T05:00")) == berlin("2026-03-07T06:00")
    assert NIGHT.holds_until(berlin("2026-03-08T05:00")) is None
    assert NIGHT.holds_until(berlin("2026-03-09T05:00")) == berlin("2026-03-09T06:00")


@given(
    st.builds(
        OfficeHours,
        st.builds(dt.time, st.integers(0, 11), st.sampled_from((0, 15, 30))),
        st.builds(dt.time, st.integers(12, 23), st.sampled_from((0, 45))),
        st.frozensets(st.integers(0, 6), min_size=1),
        st.just(BERLIN),
    )
    | st.just(NIGHT),
    st.integers(0, 3 * 24 * 4),
    st.integers(0, 20 * 4),
)
@settings(max_examples=60)
@example(OfficeHours(dt.time(2, 30), dt.time(12), frozenset({6}), BERLIN), 150, 40)
def test_it_is_done_when_as_much_free_time_has_passed(
    hours: OfficeHours, begun: int, quarters: int
) -> None:
    at = berlin("2026-03-27T12:00") + begun * QUARTER
    clock, left = at, quarters
    while left:
        left -= hours.holds_until(clock) is None
        clock += QUARTER
    assert hours.finish(at, quarters * 900) == clock


def test_this_machines_zone_is_the_default() -> None:
    mine = OfficeHours(dt.time(8), dt.time(18))
    monday = dt.datetime(2026, 3, 2, 9).astimezone()
    assert mine.holds_until(monday.astimezone(dt.UTC)) == dt.datetime(2026, 3, 2, 18).astimezone()


def test_what_is_kept_is_read_again() -> None:
    kept = OfficeHours(dt.time(8), dt.time(18, 30), frozenset({0, 2}))
    assert OfficeHours.read(kept.as_dict()) == kept
    assert OfficeHours.read({}) is None
    assert kept.words == "08:00 to 18:30, Monday, Wednesday"
    assert USUAL.words == "08:00 to 18:00, Monday to Friday"
    now = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    assert finish(None, now, 60) == now + MINUTE


@pytest.mark.parametrize(
    "told", [{"begins": "8 o'clock", "ends": "18:00", "days": [1]}, {"begins": "08:00"}]
)
def test_what_says_no_hours_is_told(told: dict[str, object]) -> None:
    with pytest.raises(WorkbenchError, match="set them anew"):
        OfficeHours.read(told)
    with pytest.raises(WorkbenchError, match="another time"):
        OfficeHours(dt.time(8), dt.time(8))
    with pytest.raises(WorkbenchError, match="at least one day"):
        OfficeHours(dt.time(8), dt.time(9), frozenset())

"""Numbers as people read them."""

import pytest

from workbench.core import words


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.2, "less than a second"),
        (42, "42 s"),
        (59.6, "1 min"),
        (250, "4 min 10 s"),
        (7500, "2 h 5 min"),
        (3600, "1 h"),
        (90000, "1 day 1 h"),
        (266400, "3 days 2 h"),
    ],
)
def test_duration(seconds: float, shown: str) -> None:
    assert words.duration(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (2, "a few seconds"),
        (38, "about 40 seconds"),
        (62, "about 1 minute"),
        (360, "about 6 minutes"),
        (2500, "about 40 minutes"),
        (7000, "about 2 hours"),
        (3 * 86400, "about 3 days"),
    ],
)
def test_about(seconds: float, shown: str) -> None:
    assert words.about(seconds) == shown


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (1, 3, "a few seconds"),
        (240, 480, "4–8 minutes"),
        (30, 120, "30 seconds to 2 minutes"),
        (350, 370, "about 6 minutes"),
    ],
)
def test_about_between(low: float, high: float, shown: str) -> None:
    assert words.about_between(low, high) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0 bytes"), (1500, "2 kB"), (650e6, "650 MB"), (999.6e6, "1.0 GB"), (1.23e9, "1.2 GB")],
)
def test_size(number: float, shown: str) -> None:
    assert words.size(number) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.937, "93.7 %"), (1, "100.0 %"), (0.9999, "99.9 %"), (0, "0.0 %"), (float("nan"), "–")],
)
def test_percent_never_rounds_up_to_all(share: float, shown: str) -> None:
    assert words.percent(share) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [(808, "808"), (22_713_728, "23 million"), (1_700_000_000, "1.7 billion")],
)
def test_short_count(number: float, shown: str) -> None:
    assert words.short_count(number) == shown


def test_lists_and_nouns() -> None:
    assert words.plural(1, "example") == "1 example"
    assert words.plural(1200, "example") == "1,200 examples"
    assert words.joined(["a"]) == "a"
    assert words.joined(["a", "b", "c"]) == "a, b and c"

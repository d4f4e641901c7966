"""Steps take about as long as they may, and nobody is starved in them."""

from typing import cast

import pytest

from workbench.engine.serving.engines.pace import FEWEST, MOST, STEP_S, Pace
from workbench.engine.serving.engines.sequence import Sequence


class Waiting:
    """So much of it is to be read."""

    def __init__(self, number: int, pending: int) -> None:
        self.number, self.pending = number, pending


def _shares(pace: Pace, *pending: int) -> dict[int, int]:
    running = [Waiting(number, count) for number, count in enumerate(pending)]
    return pace.shares(cast("list[Sequence]", running))


def test_a_step_grows_or_shrinks_to_what_it_may_take() -> None:
    pace = Pace(100, STEP_S / 2)
    assert pace.tokens == 200
    pace.measured(200, STEP_S * 10)
    assert pace.tokens == 100
    pace.measured(10, STEP_S / 100)  # nearly empty: it tells nothing
    assert pace.tokens == 100
    for _ in range(20):
        pace.measured(pace.tokens, 1e-6)
    assert pace.tokens == MOST
    for _ in range(20):
        pace.measured(pace.tokens, 100)
    assert pace.tokens == FEWEST


def test_who_writes_reads_one_token_beside_a_long_question() -> None:
    assert _shares(Pace(100, STEP_S), 1, 1000, 1) == {0: 1, 1: 100, 2: 1}


def test_short_questions_pass_a_long_one_which_goes_on() -> None:
    shares = _shares(Pace(200, STEP_S), 5000, 60, 40)
    assert shares == {0: 50 + 50, 1: 60, 2: 40}
    crowd = _shares(Pace(200, STEP_S), 5000, *[100] * 20)
    assert crowd[0] == 50
    assert sum(crowd.values()) == 200


@pytest.mark.parametrize("pending", [(1,), (3,), (3, 700), (1, 1, 9)])
def test_nobody_reads_more_than_there_is(pending: tuple[int, ...]) -> None:
    shares = _shares(Pace(64, STEP_S), *pending)
    assert all(0 < count <= pending[n] for n, count in shares.items())

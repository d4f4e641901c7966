"""What is tried next is a function of what was tried and the seed; so is what falls behind."""

import pytest

from workbench.evaluation.sweeps.space import Range, Space
from workbench.evaluation.sweeps.study import ENOUGH, Study
from workbench.evaluation.sweeps.tried import BEHIND, DONE, LOST, RUNNING, Tried

SPACE: Space = {
    "learning_rate": Range(1e-5, 1e-3, log=True),
    "r": Range(choices=(8, 16, 32)),
    "lora_dropout": Range(0.0, 0.2),
}
FIRST = {"learning_rate": 2e-4, "r": 16, "lora_dropout": 0.05}


def study(*, up: bool = True, seed: int = 42) -> Study:
    return Study(SPACE, up, seed)


def score_of(settings: dict[str, object]) -> float:
    """What counts is the pace alone."""
    return -abs(float(str(settings["learning_rate"])) - 3e-4)


def tried(count: int, who: Study) -> list[Tried]:
    found = [Tried(FIRST, DONE, score_of(FIRST))]
    while len(found) < count:
        settings = who.next_settings(found)
        assert settings is not None
        found.append(Tried(settings, DONE, score_of(settings)))
    return found


def test_the_next_settings_follow_from_what_was_tried_and_the_seed() -> None:
    done = tried(7, study())
    assert study().next_settings(done) == study().next_settings(list(done))
    assert tried(7, study()) == done
    assert tried(7, study(seed=43)) != done


def test_settings_lie_in_their_ranges_are_rounded_and_never_come_twice() -> None:
    done = tried(10, study())
    for one in done:
        assert all(span.contains(one.settings[name]) for name, span in SPACE.items())
        assert float(f"{one.settings['learning_rate']:.2g}") == one.settings["learning_rate"]
    assert len({str(one.settings) for one in done}) == len(done)


def test_it_learns_what_scores_well() -> None:
    """Once it has something to learn from, it stays nearer to the best pace than chance does."""
    done = tried(24, study())
    early, late = done[1:5], done[-8:]
    assert sum(-score_of(dict(one.settings)) for one in late) / len(late) < sum(
        -score_of(dict(one.settings)) for one in early
    ) / len(early)


def test_what_was_lost_or_stopped_is_not_tried_again_and_harms_nothing() -> None:
    done = [*tried(3, study()), Tried({**FIRST, "r": 8}, LOST), Tried({**FIRST, "r": 32}, BEHIND, None, {3: 0.9})]  # fmt: skip
    found = study().next_settings(done)
    assert found is not None
    assert found not in [one.settings for one in done]


def at_work(count: int, done: list[Tried]) -> list[Tried]:
    """As many more that run side by side, each chosen knowing of those before it."""
    found = list(done)
    for _ in range(count):
        settings = study().next_settings(found)
        assert settings is not None
        found.append(Tried(settings, RUNNING))
    return found


@pytest.mark.parametrize("over", [1, 8])
def test_what_runs_is_not_proposed_again_and_the_same_follows_from_it(over: int) -> None:
    found = at_work(6, tried(over, study()))
    assert len({str(one.settings) for one in found}) == over + 6
    assert at_work(6, tried(over, study())) == found
    small = Study({"r": Range(choices=(8, 16))}, True, 1)
    assert small.next_settings([Tried({"r": 8}, RUNNING)]) == {"r": 16}
    assert small.next_settings([Tried({"r": 8}, RUNNING), Tried({"r": 16}, DONE, 0.5)]) is None


def test_neighbours_of_what_runs_are_avoided() -> None:
    """By the same draws of chance fewer lie near to the best than where it is not tried once more."""
    done = tried(12, study())
    best = max(done, key=lambda one: one.score or 0.0).settings

    def near(state: str) -> int:
        trials = [*done, Tried(best, state)]
        draws = [study(seed=seed).next_settings(trials) for seed in range(100)]
        rates = [one["learning_rate"] / best["learning_rate"] for one in draws if one is not None]
        return sum(0.8 < rate < 1.2 for rate in rates)

    assert near(RUNNING) < near(LOST) / 1.5


def test_there_is_an_end_to_what_can_be_tried() -> None:
    small = Study({"r": Range(choices=(8, 16))}, True, 1)
    assert small.next_settings([Tried({"r": 8}, DONE, 0.5), Tried({"r": 16}, DONE, 0.5)]) is None
    assert small.next_settings([Tried({"r": 8}, DONE, 0.5)]) == {"r": 16}


def test_a_first_try_outside_of_what_varies_is_told_all_the_same() -> None:
    assert study().next_settings([Tried({**FIRST, "learning_rate": 0.5}, DONE, 0.1)]) is not None


@pytest.mark.parametrize("up", [True, False])
def test_behind_is_worse_than_half_of_the_others_at_the_same_place(up: bool) -> None:
    def done(loss: float) -> Tried:
        return Tried(FIRST, DONE, 0.5, dict.fromkeys(range(11), loss))

    others = [done(0.5), done(0.6), done(0.7)]
    asked = study(up=up)
    assert asked.behind_at(others, {0: 9.0, 2: 9.0}) is None, "too early to tell"
    assert asked.behind_at(others, {2: 9.0, 4: 0.65}) == 4
    assert asked.behind_at(others, {2: 9.0, 4: 0.55, 5: 0.55}) is None
    assert asked.behind_at(others[:2], {4: 9.0}) is None, "too few to compare with"


def test_what_mattered_is_told_of_enough_tries_and_is_the_same_each_time() -> None:
    done = tried(14, study())
    found = study().importance(done)
    assert max(found, key=lambda name: found[name]) == "learning_rate"
    assert sum(found.values()) == pytest.approx(1, abs=0.01)
    assert study().importance(done) == found
    assert study().importance(done[: ENOUGH - 1]) == {}
    assert study().importance([Tried(one.settings, DONE, 0.5) for one in done]) == {}

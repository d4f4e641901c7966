import math

import numpy as np
import pytest
import torch

from workbench.core.long_texts.joins import LARGEST, MEAN, SOFTLY
from workbench.engine.encoder.goal import OneOf
from workbench.engine.encoder.joins.choosing import choose, focus_of, held_out
from workbench.engine.encoder.joins.logits import joined
from workbench.engine.encoder.joins.seen import Seen, together
from workbench.jobs.process.report import Report

pytestmark = pytest.mark.usefixtures("one_thread")

HIDDEN, WINDOWS = 16, 9


class Heard(Report):
    """What a report was told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def log(self, message: str) -> None:
        self.said.append(message)


def seen(texts: int, telling: int) -> tuple[Seen, np.ndarray]:
    """Texts of three categories, of each of which so many of nine windows tell the category; the others
    are of subjects of their own."""
    drawn = torch.Generator().manual_seed(3)
    labels = torch.arange(texts) % 3
    directions = torch.eye(HIDDEN)
    windows = 0.05 * torch.randn(texts, WINDOWS, HIDDEN, generator=drawn)
    subject = 3 + torch.randint(HIDDEN - 3, (texts, WINDOWS), generator=drawn)
    windows += directions[subject]
    windows[:, :telling] += directions[labels][:, None] - directions[subject[:, :telling]]
    order = torch.randperm(WINDOWS, generator=drawn)
    windows = torch.nn.functional.normalize(windows[:, order], dim=2)
    means = torch.nn.functional.normalize(windows.mean(1), dim=1)
    owner = torch.arange(texts).repeat_interleave(WINDOWS)
    return Seen(means, windows.reshape(-1, HIDDEN), owner), labels.numpy()


def test_what_a_single_window_tells_is_not_averaged_away() -> None:
    texts, labels = seen(60, telling=1)
    losses = held_out(texts, labels, OneOf(), seed=1)
    assert min(losses[LARGEST], losses[SOFTLY]) < losses[MEAN]
    heard = Heard()
    assert choose(texts, labels, OneOf(), 1, heard) in (LARGEST, SOFTLY)
    assert "60 long texts" in heard.said[0]


def test_what_all_windows_tell_a_little_of_is_averaged() -> None:
    drawn = torch.Generator().manual_seed(5)
    labels = torch.arange(90) % 3
    windows = 0.4 * torch.randn(90, WINDOWS, HIDDEN, generator=drawn)
    windows += 0.5 * torch.eye(HIDDEN)[labels][:, None]
    windows = torch.nn.functional.normalize(windows, dim=2)
    means = torch.nn.functional.normalize(windows.mean(1), dim=1)
    owner = torch.arange(90).repeat_interleave(WINDOWS)
    texts = Seen(means, windows.reshape(-1, HIDDEN), owner)
    losses = held_out(texts, labels.numpy(), OneOf(), seed=1)
    assert min(losses, key=losses.__getitem__) == MEAN, losses


def test_of_few_long_texts_the_mean_is_taken_and_nothing_is_said() -> None:
    texts, labels = seen(18, telling=1)
    short = Seen.of_means(texts.means.repeat(3, 1))
    both = together([texts, short])
    heard = Heard()
    assert choose(both, np.tile(labels, 4), OneOf(), 1, heard) == MEAN
    assert not heard.said


def test_a_number_is_told_by_all_windows_together() -> None:
    texts, labels = seen(60, telling=1)
    goal = OneOf()
    goal.by_category = False
    heard = Heard()
    assert choose(texts, labels, goal, 1, heard) == MEAN
    assert not heard.said


def test_some_of_the_texts_keep_their_windows() -> None:
    texts, _ = seen(12, telling=1)
    both = together([Seen.of_means(texts.means[:2]), texts])
    part = both.of(np.array([7, 0, 3]))
    assert part.owner.tolist() == [0] * WINDOWS + [1] + [2] * WINDOWS
    assert torch.equal(part.windows[:WINDOWS], texts.windows[5 * WINDOWS : 6 * WINDOWS])
    assert torch.equal(part.windows[WINDOWS], texts.means[0])
    assert torch.equal(part.means, both.means[[7, 0, 3]])
    assert part.long == 2


def test_logits_of_a_text_come_of_its_windows_alone() -> None:
    logits = torch.tensor([[0.0, 4.0], [2.0, -1.0], [7.0, 7.0]])
    owner = torch.tensor([0, 0, 1])
    assert joined(logits, owner, 2, LARGEST).tolist() == [[2.0, 4.0], [7.0, 7.0]]
    softly = joined(logits, owner, 2, SOFTLY)
    assert softly[0].tolist() == pytest.approx(
        [math.log((1 + math.e**2) / 2), math.log((math.e**4 + math.e**-1) / 2)]
    )
    assert softly[1].tolist() == pytest.approx([7.0, 7.0])


def test_a_step_learns_from_the_windows_that_tell() -> None:
    texts, labels = seen(30, telling=1)
    goal = OneOf()
    focus = focus_of(texts, labels, goal.fit(texts.means, labels), goal)
    windows = texts.windows.view(30, WINDOWS, HIDDEN)
    told = windows[torch.arange(30), :, torch.from_numpy(labels)].argmax(1)
    assert (focus[:, 0] == told.numpy()).mean() > 0.9
    one = Seen.of_means(texts.means)
    assert focus_of(one, labels, goal.fit(one.means, labels), goal)[:, 1].tolist() == [-1] * 30

"""The losses of pairs, held to a computation by hand."""

import math

import pytest
import torch

from workbench.engine.causal.pairs.losses import apart, dpo, orpo

LOGPS = torch.tensor([-4.0, -6.0, -9.0, -3.0])
"""A better and a worse answer, twice."""
REFERENCE = torch.tensor([-5.0, -6.5, -8.0, -4.0])


def test_dpo_is_what_the_paper_says() -> None:
    moved = [(-4.0 + 5.0) - (-6.0 + 6.5), (-9.0 + 8.0) - (-3.0 + 4.0)]
    wanted = [-math.log(1 / (1 + math.exp(-0.3 * one))) for one in moved]
    assert dpo(LOGPS, REFERENCE, 0.3).tolist() == pytest.approx(wanted)
    assert dpo(REFERENCE, REFERENCE, 0.1).tolist() == pytest.approx([math.log(2)] * 2)


def test_orpo_is_what_the_paper_says() -> None:
    tokens = torch.tensor([2, 4, 3, 2])
    wanted = []
    for better, worse in ((-4 / 2, -6 / 4), (-9 / 3, -3 / 2)):
        odds = [math.exp(p) / (1 - math.exp(p)) for p in (better, worse)]
        wanted.append(-better - 0.5 * math.log(1 / (1 + odds[1] / odds[0])))
    assert orpo(LOGPS, tokens, 0.5).tolist() == pytest.approx(wanted, rel=1e-5)


def test_a_certain_answer_gives_a_number_to_learn_from() -> None:
    logps = torch.tensor([0.0, -1.0], requires_grad=True)
    orpo(logps, torch.tensor([3, 3]), 0.1).sum().backward()
    assert logps.grad is not None
    assert bool(torch.isfinite(logps.grad).all())


def test_half_a_pair_is_held_against_itself() -> None:
    better, worse = apart(torch.tensor([1.0, 2.0, 3.0]))
    assert (better.tolist(), worse.tolist()) == ([1.0, 3.0], [2.0, 3.0])

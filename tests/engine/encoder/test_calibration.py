import pytest
import torch

from workbench.engine.encoder.calibration import apply_temperature, score_logits
from workbench.engine.encoder.probe import Head


def test_an_over_sure_model_is_cooled_down() -> None:
    # Nine of ten right, each with a probability of 99.99 %.
    labels = [i % 2 for i in range(1000)]
    wrong = torch.arange(1000) % 10 == 0
    sure = torch.full((1000,), 9.2)
    signs = torch.tensor([1.0 if label else -1.0 for label in labels])
    signs[wrong] *= -1
    logits = torch.stack([-signs * sure / 2, signs * sure / 2], 1)
    scored = score_logits(logits, labels)
    assert scored.scores["accuracy"] == pytest.approx(0.9)
    chosen = (logits / scored.temperature).softmax(1).max(1).values
    assert chosen.mean().item() == pytest.approx(0.9, abs=0.01)
    assert scored.loss == pytest.approx(0.325, abs=0.002)  # the entropy of 0.9 and 0.1


def test_all_right_is_no_reason_for_endless_sureness() -> None:
    logits = torch.eye(3).repeat(10, 1) * 2.0
    scored = score_logits(logits, [0, 1, 2] * 10)
    probability = (logits / scored.temperature).softmax(1).max().item()
    assert 0.9 < probability < 0.98


def test_few_questions_leave_the_temperature_alone() -> None:
    assert score_logits(torch.eye(3), [0, 1, 2]).temperature == 1.0


def test_the_temperature_goes_into_the_head() -> None:
    head = Head(4, 3)
    vectors = torch.randn(5, 4)
    before = head(vectors).detach()
    apply_temperature(head, 2.5)
    torch.testing.assert_close(head(vectors), before / 2.5)

"""What a text's nearest examples say of its category."""

from pathlib import Path

import pytest
import torch

from workbench.engine.encoder.calibration import apply_temperature
from workbench.engine.encoder.few.unlabelled import fit_with
from workbench.engine.encoder.model import load_head, save_head
from workbench.engine.encoder.neighbours import WEIGHT, WIDTH, neighbours_of
from workbench.engine.encoder.probe import Head

ROWS, HIDDEN, LABELS = 24, 6, 3


@pytest.fixture
def learned() -> tuple[torch.Tensor, torch.Tensor]:
    draw = torch.Generator().manual_seed(0)
    labels = torch.arange(ROWS) % LABELS
    centres = torch.randn(LABELS, HIDDEN, generator=draw)
    return centres[labels] + torch.randn(ROWS, HIDDEN, generator=draw), labels


def test_it_is_the_logarithm_of_each_category_s_mean_kernel(
    learned: tuple[torch.Tensor, torch.Tensor],
) -> None:
    texts, labels = learned
    asked = torch.randn(5, HIDDEN, generator=torch.Generator().manual_seed(1))
    found = neighbours_of(texts, labels)(3 * asked)  # whatever their length
    cosines = torch.nn.functional.cosine_similarity(asked[:, None], texts[None], dim=2)
    kernels = (cosines.double() / WIDTH).exp()
    means = [kernels[:, labels == one].mean(1) for one in range(LABELS)]
    wanted = WEIGHT * torch.stack(means, 1).log()
    near = (wanted.max(1, keepdim=True).values - wanted) < 10  # others are as good as nothing
    torch.testing.assert_close(found[near], wanted.float()[near], atol=1e-3, rtol=1e-3)
    assert (found.argmax(1) == wanted.argmax(1)).all()


def test_a_category_in_two_places_is_told_by_its_examples() -> None:
    angles = torch.tensor([0.0, 0.1, 1.5, 1.6, 3.0, 3.1])
    texts, labels = torch.stack([angles.cos(), angles.sin()], 1), torch.tensor([0, 0, 1, 1, 0, 0])
    said = neighbours_of(texts, labels)(texts).argmax(1)
    assert torch.equal(said, labels)


def test_a_large_category_has_no_more_votes_than_a_small_one() -> None:
    texts = torch.tensor([[1.0, 0.0]] * 9 + [[0.0, 1.0]])
    found = neighbours_of(texts, torch.tensor([0] * 9 + [1]))(torch.tensor([[1.0, 1.0]]))
    torch.testing.assert_close(found[0, 0], found[0, 1])


def test_a_head_with_them_is_saved_cooled_and_loaded(
    learned: tuple[torch.Tensor, torch.Tensor], tmp_path: Path
) -> None:
    texts, labels = learned
    head = fit_with(texts, labels.numpy(), texts[:0], neighbours=True)
    plain = fit_with(texts, labels.numpy(), texts[:0])
    assert head.neighbours is not None
    torch.testing.assert_close(head(texts), plain(texts) + head.neighbours(texts))
    before = head(texts).detach()
    apply_temperature(head, 2.5)
    torch.testing.assert_close(head(texts), before / 2.5)
    save_head(head, tmp_path / "head.safetensors")
    again = load_head(tmp_path / "head.safetensors")
    assert isinstance(again, Head)
    torch.testing.assert_close(again(texts), head(texts))
    save_head(plain, tmp_path / "plain.safetensors")
    assert load_head(tmp_path / "plain.safetensors").neighbours is None

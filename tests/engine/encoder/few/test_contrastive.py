"""The contrastive loss, and a batch's gradients in parts."""

import math
from pathlib import Path

import pytest
import torch

from workbench.engine.encoder.encoder import TOKENS_AT_ONCE, load_encoder
from workbench.engine.encoder.few.contrastive import (
    _backward,
    _seeded,
    contrastive_loss,
    in_parts,
    partly_seen,
)
from workbench.engine.encoder.reader.batches import padded

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_loss_is_that_of_the_paper() -> None:
    embeddings = torch.nn.functional.normalize(torch.randn(5, 4, generator=torch.manual_seed(1)))
    labels = torch.tensor([0, 0, 1, 1, 0])
    each = []
    for one in range(5):
        others = [n for n in range(5) if n != one]
        total = sum(math.exp(float(embeddings[one] @ embeddings[n]) / 0.1) for n in others)
        own = [n for n in others if labels[n] == labels[one]]
        near = [math.exp(float(embeddings[one] @ embeddings[n]) / 0.1) / total for n in own]
        each.append(-sum(map(math.log, near)) / len(own))
    assert float(contrastive_loss(embeddings, labels, 0.1)) == pytest.approx(sum(each) / 5, 1e-4)


def test_a_text_without_a_partner_teaches_only_where_the_others_are_not() -> None:
    embeddings = torch.eye(3)
    alone = contrastive_loss(embeddings, torch.tensor([0, 1, 2]))
    assert float(alone) == 0.0
    pair = torch.stack([embeddings[0], embeddings[0], embeddings[1]])
    assert float(contrastive_loss(pair, torch.tensor([0, 0, 1]))) < 0.01


def test_parts_hold_every_text_once_with_little_padding() -> None:
    batch = padded([list(range(1, n + 1)) for n in (3, 9, 1, 4, 8, 2)], 0)
    order, parts = in_parts(batch)
    assert sorted(order.tolist()) == list(range(6))
    lengths = [int(n) for part in parts for n in part["attention_mask"].sum(1)]
    assert lengths == [9, 8, 4, 3, 2, 1]
    assert [part["input_ids"].shape[1] for part in parts] == [9, 4, 2]


def test_some_tokens_are_hidden_by_chance_but_never_a_texts_first() -> None:
    mask = torch.ones(200, 50, dtype=torch.long)
    mask[:, 40:] = 0
    torch.manual_seed(1)
    once, again = partly_seen(mask, 0.2), partly_seen(mask, 0.2)
    assert once[:, 0].all()
    assert not once[:, 40:].any()
    assert 1 - float(once[:, 1:40].float().mean()) == pytest.approx(0.2, abs=0.02)
    assert not torch.equal(once, again)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_a_batch_too_large_to_hold_has_the_gradients_of_the_whole(
    dropout: float, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = load_encoder(tiny)
    for module in encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = dropout
    encoder.train()
    batch = padded([[5, 6, 7, 8], [9, 10], [5, 7, 8], [11, 12, 13, 14, 15], [9, 11], [3, 4]], 1)
    order, parts = in_parts(batch)
    labels = torch.tensor([0, 1, 0, 1, 1, 0])[order]
    weight = encoder.body.get_input_embeddings().weight

    torch.manual_seed(3)
    seeds = torch.randint(2**31, (len(parts),)).tolist()
    whole = contrastive_loss(
        torch.cat([_seeded(encoder, *one) for one in zip(parts, seeds, strict=True)]), labels
    )
    whole.backward()
    expected = weight.grad.clone()

    encoder.zero_grad()
    monkeypatch.setitem(TOKENS_AT_ONCE, "cpu", 1)
    torch.manual_seed(3)
    loss = _backward(encoder, parts, labels, lambda value: value.backward())
    assert float(loss) == pytest.approx(float(whole.detach()), rel=1e-3)
    likeness = torch.nn.functional.cosine_similarity(expected.ravel(), weight.grad.ravel(), dim=0)
    assert likeness > 0.995
    assert float(weight.grad.norm() / expected.norm()) == pytest.approx(1, abs=0.02)


def test_a_usual_step_is_one_group() -> None:
    """64 e-mails of 60 tokens each are contrasted at once: in groups each would be computed twice."""
    assert TOKENS_AT_ONCE["cpu"] >= 64 * 60

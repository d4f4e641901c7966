"""Packed products change no answer of an encoder."""

import numpy as np
import pytest
import torch

from workbench.engine.encoder.encoder import Classifier, load_encoder, load_reader, read
from workbench.engine.encoder.model import EncoderModel
from workbench.engine.encoder.packed import packed
from workbench.engine.encoder.probe import Head
from workbench.engine.runtime import device

TEXTS = ["Where is my parcel?", "I want my money back.", "Thank you!", "a" * 200, "ok"] * 7


@pytest.fixture
def classifier(tiny: object) -> Classifier:
    torch.manual_seed(1)
    encoder = load_encoder(tiny)  # type: ignore[arg-type]
    head = Head(encoder.body.config.hidden_size, 3)
    torch.nn.init.normal_(head.linear.weight)
    return Classifier(encoder, head).eval().requires_grad_(False)


def _logits(model: Classifier, tiny: object) -> torch.Tensor:
    reader = load_reader(tiny, model.encoder.body, 48)  # type: ignore[arg-type]
    return read(model, reader.ids(TEXTS), reader.pad_id)


def test_answers_stay_what_they_are(classifier: Classifier, tiny: object) -> None:
    fast = packed(classifier)
    assert fast is not classifier or device.dtype() != torch.bfloat16
    torch.testing.assert_close(_logits(fast, tiny), _logits(classifier, tiny), rtol=0, atol=2e-2)


def test_the_classifier_itself_is_left_alone(classifier: Classifier, tiny: object) -> None:
    before = _logits(classifier, tiny)
    fast = packed(classifier)
    linear = [m for m in classifier.modules() if type(m) is torch.nn.Linear]
    assert len(linear) > 4
    assert torch.equal(_logits(classifier, tiny), before)
    if fast is not classifier:
        assert not [m for m in fast.encoder.body.modules() if type(m) is torch.nn.Linear]
        assert fast.head.linear.weight is classifier.head.linear.weight


def test_sorting_uses_it(
    classifier: Classifier, tiny: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = load_reader(tiny, classifier.encoder.body, 48)  # type: ignore[arg-type]
    model = EncoderModel(classifier, reader, ["a", "b", "c"])
    found = model.sort(TEXTS).probabilities
    expected = _logits(classifier, tiny).double().softmax(1).numpy()
    assert np.abs(found - expected).max() < 1e-2
    if device.dtype() == torch.bfloat16:
        monkeypatch.setattr(classifier, "forward", lambda **_: pytest.fail("read unpacked"))
        assert np.array_equal(model.sort(TEXTS).probabilities, found)


def test_without_bfloat16_nothing_is_packed(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)
    assert packed(classifier) is classifier

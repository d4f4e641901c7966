"""Packed products change no answer of an encoder."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers.encoders import ARCHITECTURES, make_encoder
from workbench.core.long_texts.ways import WINDOWS
from workbench.engine.encoder import encoder as encoders
from workbench.engine.encoder.encoder import Classifier, load_encoder
from workbench.engine.encoder.fast.on_cores import on_cores
from workbench.engine.encoder.fast.packed import packed
from workbench.engine.encoder.model import EncoderModel
from workbench.engine.encoder.probe import Head
from workbench.engine.encoder.reader.batches import Each, read
from workbench.engine.encoder.reader.reader import load_reader
from workbench.engine.runtime import device
from workbench.jobs.process.stop import Cancelled

TEXTS = ["Where is my parcel?", "I want my money back.", "Thank you!", "a" * 200, "ok"] * 7


@pytest.fixture(scope="module", params=list(ARCHITECTURES))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those whose layers are computed here, and those whose products are packed one by one."""
    return make_encoder(tmp_path_factory.mktemp("encoders") / request.param, request.param)


@pytest.fixture
def classifier(folder: Path) -> Classifier:
    torch.manual_seed(1)
    encoder = load_encoder(folder)
    head = Head(encoder.body.config.hidden_size, 3)
    torch.nn.init.normal_(head.linear.weight)
    return Classifier(encoder, head).eval().requires_grad_(False)


def _logits(model: Classifier, folder: Path, each: Each = map) -> torch.Tensor:
    reader = load_reader(folder, model.encoder.body, 48)
    return read(model, reader.ids(TEXTS), reader.pad_id, each=each)


def test_answers_stay_what_they_are(classifier: Classifier, folder: Path) -> None:
    fast = packed(classifier)
    assert fast is not classifier or device.dtype() != torch.bfloat16
    torch.testing.assert_close(
        _logits(fast, folder), _logits(classifier, folder), rtol=0, atol=2e-2
    )


def test_several_threads_see_what_one_does(
    classifier: Classifier, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast, before = packed(classifier), torch.get_num_threads()
    monkeypatch.setitem(encoders.READ_AT_ONCE, "cpu", 32)
    torch.set_num_threads(2)
    try:
        found = [_logits(fast, folder, on_cores) for _ in range(5)]
        one = _logits(fast, folder)
    finally:
        torch.set_num_threads(before)
    for logits in found:
        torch.testing.assert_close(logits, one, rtol=0, atol=1e-2)


def test_windows_of_long_texts_are_read_alike(classifier: Classifier, folder: Path) -> None:
    reader = load_reader(folder, classifier.encoder.body, 16, long_texts=WINDOWS)
    classifier.encoder.window = reader.window
    ids = reader.ids(TEXTS)
    assert max(map(len, ids)) > 16
    found = read(packed(classifier), ids, reader.pad_id, each=on_cores)
    expected = read(classifier, ids, reader.pad_id)
    torch.testing.assert_close(found, expected, rtol=0, atol=2e-2)


def test_who_leaves_between_groups_is_told_no_more(
    classifier: Classifier, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(encoders.READ_AT_ONCE, "cpu", 32)
    reader, told = load_reader(folder, classifier.encoder.body, 48), []

    def leave(count: int) -> None:
        told.append(count)
        raise Cancelled

    with pytest.raises(Cancelled):
        read(packed(classifier), reader.ids(TEXTS), reader.pad_id, leave, on_cores)
    assert len(told) == 1


def test_the_classifier_itself_is_left_alone(classifier: Classifier, folder: Path) -> None:
    before = _logits(classifier, folder)
    fast = packed(classifier)
    linear = [m for m in classifier.modules() if type(m) is torch.nn.Linear]
    assert len(linear) > 4
    assert torch.equal(_logits(classifier, folder), before)
    if fast is not classifier:
        assert not [m for m in fast.encoder.body.modules() if type(m) is torch.nn.Linear]
        assert fast.head.linear.weight is classifier.head.linear.weight


def test_sorting_uses_it(
    classifier: Classifier, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = load_reader(folder, classifier.encoder.body, 48)
    model = EncoderModel(classifier, reader, ["a", "b", "c"])
    found = model.sort(TEXTS).probabilities
    expected = _logits(classifier, folder).double().softmax(1).numpy()
    assert np.abs(found - expected).max() < 1e-2
    if device.dtype() == torch.bfloat16:
        monkeypatch.setattr(classifier, "forward", lambda **_: pytest.fail("read unpacked"))
        assert np.array_equal(model.sort(TEXTS).probabilities, found)


def test_without_bfloat16_nothing_is_packed(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)
    assert packed(classifier) is classifier

"""Vectors of texts by the bundled encoder."""

from collections.abc import Iterator

import numpy as np
import pytest

from workbench.core.errors import WorkbenchError
from workbench.engine.encoder.reader import meaning
from workbench.models.bundled import READER, is_ready

TEXTS = ["Where is my parcel?", "My package has not come.", "I love cheese.", "word " * 900, ""]


@pytest.fixture
def reader() -> Iterator[meaning.Meaning]:
    if not is_ready(READER):
        pytest.skip("the bundled models are not installed (make setup)")
    found = meaning.meaning()
    assert found is not None
    yield found
    meaning.forget()


def test_the_same_in_other_words_lies_near(reader: meaning.Meaning) -> None:
    parcel, package, cheese, *_ = reader.vectors(TEXTS)
    assert parcel @ package > 0.4 > 0.2 > parcel @ cheese


def test_a_text_alone_is_read_as_among_others_and_has_length_one(reader: meaning.Meaning) -> None:
    together = reader.vectors(TEXTS)
    alone = np.concatenate([reader.vectors([text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-5
    assert np.linalg.norm(together, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_the_reader_is_loaded_once_until_it_is_forgotten(reader: meaning.Meaning) -> None:
    assert meaning.meaning() is reader
    meaning.forget()
    assert meaning.meaning() is not reader


@pytest.mark.parametrize("ready", [False, True])
def test_without_the_encoder_nothing_is_read(ready: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise WorkbenchError("The encoder is damaged.")

    monkeypatch.setattr(meaning, "is_ready", lambda _: ready)
    monkeypatch.setattr(meaning, "Meaning", broken)
    meaning.forget()
    assert meaning.meaning() is None
    meaning.forget()

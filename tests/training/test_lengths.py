"""How long examples are for a model: from their own texts, put in the model's words."""

from dataclasses import replace
from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers.writers import replies, write_rows
from workbench.core.errors import WorkbenchError
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.training import lengths
from workbench.training.lengths import Lengths, lengths_of, read_lengths
from workbench.training.token_guess import is_english, tokens_in


@pytest.fixture
def writer(store: Store) -> ModelInfo:
    return catalogue.resolve_model(store, "SmolLM2-135M-Instruct")


def data(tmp_path: Path, texts: list[str], splits: list[str] | None = None) -> Path:
    rows = [{"prompt": text, "response": "It is on its way."} for text in texts]
    return write_rows(tmp_path / "data.parquet", rows, splits or ["train"] * len(rows))


def test_only_what_is_learned_from_counts(tmp_path: Path, writer: ModelInfo) -> None:
    path = data(tmp_path, ["Where is it?", "Where is it? " * 400], ["train", "test"])
    assert lengths_of(path, "completion", "", writer, 0).longest < 80


def test_the_system_prompt_and_the_marks_around_turns_count(
    tmp_path: Path, writer: ModelInfo
) -> None:
    path = data(tmp_path, [row["prompt"] for row in replies(20)])
    plain = lengths_of(path, "completion", "", writer, 0)
    told = lengths_of(path, "completion", "You answer for a shop. " * 10, writer, 0)
    assert told.mean - plain.mean > 30
    assert plain.answer_mean < plain.mean


def test_mean_longest_and_shares_follow_the_texts(tmp_path: Path, writer: ModelInfo) -> None:
    path = data(tmp_path, [f"{'Where is my parcel now? ' * n}" for n in range(1, 101)])
    found = lengths_of(path, "completion", "", writer, 0)
    assert 250 < found.mean < 420
    assert found.longest > 1.7 * found.mean
    assert found.share_over(0) == 1.0
    assert found.share_over(int(found.longest)) < 0.02
    assert found.share_over(int(found.mean)) == pytest.approx(0.5, abs=0.1)
    cut = found.within(100)
    assert cut.longest == 100
    assert cut.share_over(100) == 0


def test_without_the_data_the_mean_is_taken(tmp_path: Path, writer: ModelInfo) -> None:
    found = lengths_of(tmp_path / "gone.parquet", "completion", "", writer, 400.0)
    assert found == Lengths.even(100.0)


def test_damaged_data_is_no_error_of_the_page(tmp_path: Path, writer: ModelInfo) -> None:
    path = tmp_path / "data.parquet"
    path.write_bytes(b"PAR1 and nothing more")
    assert lengths_of(path, "completion", "", writer, 400.0) == Lengths.even(100.0)


def test_what_a_template_refuses_is_tried_and_logged_once(
    tmp_path: Path,
    writer: ModelInfo,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tried: list[Path] = []

    def refuse(data: Path, *_: object) -> Lengths:
        tried.append(data)
        raise WorkbenchError("The chat template does not accept this conversation.")

    monkeypatch.setattr("workbench.training.lengths._measured", refuse)
    path = data(tmp_path, ["Where is it?"])
    found = [lengths_of(path, "completion", "", writer, 400.0) for _ in range(3)]
    assert found == [Lengths.even(100.0)] * 3
    assert len(tried) == len(caplog.records) == 1


def test_damage_is_logged_once_for_all_models(
    tmp_path: Path, writer: ModelInfo, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "data.parquet"
    path.write_bytes(b"PAR1")
    for _ in range(3):
        lengths_of(path, "completion", "", writer, 400.0)
    assert len(caplog.records) == 1


def test_lengths_are_read_as_they_were_written() -> None:
    lengths = Lengths(10.0, 20.0, 3.0, 4.0, (1.0, 2.0), counted=True)
    assert read_lengths(lengths.as_dict()) == lengths
    assert read_lengths({"mean": "long"}) is None
    assert read_lengths(None) is None


def test_other_languages_cost_more_tokens_than_english() -> None:
    english, german = "Where is the parcel that we ordered?", "Wo bleibt das bestellte Paket denn?"
    assert is_english([english])
    assert not is_english([german])
    per_letter = [tokens_in([text], 49_152)[0] / len(text) for text in (english, german)]
    assert per_letter[1] > 1.3 * per_letter[0]
    assert tokens_in([german], 150_000)[0] < tokens_in([german], 49_152)[0]


def test_an_example_before_each_question_makes_the_texts_longer_and_not_the_answers() -> None:
    plain = Lengths(40.0, 90.0, 10.0, 30.0, (20.0, 60.0), counted=True)
    assert plain.leaning() == Lengths(80.0, 180.0, 10.0, 30.0, (60.0, 100.0))


def test_models_that_read_alike_are_measured_once(
    tmp_path: Path, writer: ModelInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Model page asks for every model, and again at each of its runs."""
    path = data(tmp_path, [row["prompt"] for row in replies(20)])
    measured = []
    own = lengths._measured
    monkeypatch.setattr(lengths, "_measured", lambda *about: measured.append(about) or own(*about))
    suggested = [
        replace(writer, name=f"ann/model-{number}", path=None, vocab_size=30_000 + number)
        for number in range(100)
    ]
    first = [lengths_of(path, "completion", "", model, 0) for model in (writer, *suggested)]
    assert len(measured) == 2
    assert [lengths_of(path, "completion", "", model, 0) for model in (writer, *suggested)] == first
    assert len(measured) == 2
    lengths_of(path, "completion", "", replace(suggested[0], vocab_size=150_000), 0)
    assert len(measured) == 3

"""Evaluation and batch prediction with a trained encoder, as jobs."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from tests.helpers.encoders import (
    LABELS,
    examples,
    make_job,
    many_examples,
    recipe,
    split_data,
    write_data,
)
from tests.helpers.engine_jobs import PEFT_WARNS, events, predictions, run
from workbench.core.errors import WorkbenchError
from workbench.core.long_texts.ways import HEAD, HEAD_TAIL, WINDOWS
from workbench.engine.encoder.model import load_encoder_model, load_probe
from workbench.engine.encoder.out_of_scope.belonging import Memory
from workbench.engine.encoder.out_of_scope.detector import (
    ALL,
    DETECTOR,
    Origin,
    load_detector,
    save_detector,
)
from workbench.engine.encoder.out_of_scope.threshold import Threshold
from workbench.engine.encoder.reader.batches import read
from workbench.engine.encoder.reader.reader import Reader
from workbench.engine.encoder.systems import answer
from workbench.engine.encoder.tuning import READ_BEFORE
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop
from workbench.models.trained import read_trained, write_trained

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


@pytest.fixture(scope="module")
def home_of_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def data(home_of_models: Path) -> Path:
    return split_data(home_of_models / "data.parquet", examples())


@pytest.fixture(scope="module", params=["full", "lora"])
def trained(request: pytest.FixtureRequest, tiny: Path, data: Path, home_of_models: Path) -> JobDir:
    settings = recipe(method=request.param, num_train_epochs=1)
    job = make_job(home_of_models / request.param, tiny, data, recipe=settings)
    run(job)
    return job


def test_a_text_that_is_not_read_whole_is_named(trained: JobDir, tiny: Path) -> None:
    model = load_encoder_model(BaseModelRef("tiny", tiny), trained.adapter)
    texts, limit = ["parcel", "parcel " * 200, ""], model.reader.max_length
    whole = len(model.reader.tokenizer(texts[1])["input_ids"])
    assert (model.reader.long_texts, model.cut(texts)) == (WINDOWS, {})
    assert model.reader.read(texts) == ["", f"read in {-(-(whole - 2 - 6) // 40)} parts", ""]
    model.reader = replace(model.reader, long_texts=HEAD)
    said = f"The text is {whole} tokens long, and this model reads"
    assert model.cut(texts) == {1: f"{said} the first {limit}."}
    model.reader = replace(model.reader, long_texts=HEAD_TAIL)
    assert model.cut(texts) == {1: f"{said} {limit} of them, its beginning and its end."}
    assert model.reader.read(texts)[1] == f"read {limit} of {whole} tokens"


def test_texts_are_made_tokens_once(
    trained: JobDir, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, asked, usual = (
        load_encoder_model(BaseModelRef("tiny", tiny), trained.adapter),
        [],
        Reader.ids,
    )

    def counted(reader: Reader, texts: Sequence[str]) -> list[list[int]]:
        asked.append(list(texts))
        return usual(reader, texts)

    monkeypatch.setattr(Reader, "ids", counted)
    texts = ["parcel", "parcel " * 200]
    found = answer(model, [{"text": text} for text in texts], Stop(), lambda _: None)
    assert asked == [texts]
    assert [bool(told) for told in found.read] == [False, True]


def test_a_model_of_an_earlier_version_reads_the_beginning_as_it_did(
    trained: JobDir, tiny: Path, tmp_path: Path
) -> None:
    older = shutil.copytree(trained.adapter, tmp_path / "older")
    facts = read_json(older / "workbench.json")
    del facts["long_texts"]
    write_json(older / "workbench.json", facts)
    model = load_encoder_model(BaseModelRef("tiny", tiny), older)
    assert (model.reader.long_texts, model.model.encoder.window) == (HEAD, None)
    first = model.reader.tokenizer.decode(model.reader.ids(["parcel " * 200])[0][1:-1])
    ends = [first + " invoice" * 50, first + " password" * 50]
    same, other = model.probabilities(ends)
    np.testing.assert_array_equal(same, other)


def exam_rows(path: Path, data: Path) -> Path:
    rows = [row for row in pq.read_table(data).to_pylist() if row["split"] == "test"]
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_scoring_the_exam_again_gives_the_same_result(
    trained: JobDir, tiny: Path, data: Path, tmp_path: Path
) -> None:
    learned = read_json(trained.result)
    rows = exam_rows(tmp_path / "exam.parquet", data)
    job = make_job(tmp_path / "job", tiny, rows, "evaluate", adapter=str(trained.adapter))
    result = run(job)
    assert result["status"] == "succeeded"
    assert result["scores"] == learned["scores"]["test"]
    assert result["scores"]["baseline"] is not None
    assert predictions(result) == predictions(learned)


def test_another_file_is_scored_without_the_training_data_but_for_the_baseline(
    tiny: Path, tmp_path: Path
) -> None:
    data = split_data(tmp_path / "data.parquet", examples())
    trained = make_job(tmp_path / "train", tiny, data, recipe=recipe(num_train_epochs=1))
    run(trained)
    data.unlink()
    rows = write_data(tmp_path / "file.parquet", [("file", *row) for row in examples()])
    job = make_job(tmp_path / "job", tiny, rows, "evaluate", adapter=str(trained.adapter))
    result = run(job)
    assert result["scores"]["baseline"] is None
    assert result["scores"]["tuned"].keys() == {"accuracy", "macro_f1", "loss"}
    assert predictions(result)["baseline"] == [None] * 30
    assert result["rows"] == 30


def test_prediction_answers_every_row_with_its_probability(
    trained: JobDir, tiny: Path, tmp_path: Path
) -> None:
    path = tmp_path / "questions.parquet"
    texts = ["where is my parcel", "my password", "invoice " * 90, "?"]
    pq.write_table(pa.table({"row_id": [4, 7, 8, 9], "text": texts}), path)
    job = make_job(tmp_path / "job", tiny, path, "predict", adapter=str(trained.adapter))
    result = run(job)
    assert result["rows"] == 4
    answers = predictions(result)
    assert list(answers) == ["row_id", "text", "output", "probability", "read"]
    assert [bool(told) for told in answers["read"]] == [False, False, True, False]
    assert (answers["row_id"], answers["text"]) == ([4, 7, 8, 9], texts)
    found = load_encoder_model(
        BaseModelRef.from_dict(read_json(job.spec)["base"]), trained.adapter
    ).probabilities(texts)
    assert answers["output"] == [sorted(LABELS)[i] for i in found.argmax(1)]
    np.testing.assert_array_equal(answers["probability"], found.max(1))
    assert events(job, "progress")[-1]["step"] == 4


@pytest.fixture(scope="module")
def detecting(tiny: Path, home_of_models: Path) -> JobDir:
    """Trained from enough rows to tell what belongs to none of the categories."""
    data = split_data(home_of_models / "many.parquet", many_examples())
    job = make_job(home_of_models / "many", tiny, data, recipe=recipe(num_train_epochs=2))
    run(job)
    return job


def test_texts_that_belong_to_no_category_are_told_in_exam_and_prediction(
    detecting: JobDir, tiny: Path, tmp_path: Path
) -> None:
    exam = predictions(read_json(detecting.result))
    refused = exam["none_of_these"]  # the exam's texts are among those it has learned
    assert sum(refused) <= 0.1 * len(refused)
    path = tmp_path / "questions.parquet"
    texts = ["where is my parcel", "??? 0000 %%%% zzzzz", "the invoice is wrong"]
    pq.write_table(pa.table({"row_id": [1, 2, 3], "text": texts}), path)
    job = make_job(tmp_path / "job", tiny, path, "predict", adapter=str(detecting.adapter))
    assert predictions(run(job))["none_of_these"] == [False, True, False]
    kept = load_detector(detecting.adapter / DETECTOR)
    assert kept is not None
    assert (
        kept.origin is not None
    )  # what the encoder read before tuning is known to the model alone
    assert not (detecting.path / READ_BEFORE).exists()


def test_to_tell_strangers_changes_no_probability(detecting: JobDir, tiny: Path) -> None:
    model = load_encoder_model(BaseModelRef("tiny", tiny), detecting.adapter)
    texts = [text for text, _ in examples()]
    told = model.sort(texts)
    assert told.none_of_these is not None
    assert len(told.none_of_these) == len(texts)
    assert model.sort([]).none_of_these == []
    model.detector = None
    without = model.sort(texts)
    np.testing.assert_array_equal(told.probabilities, without.probabilities)
    assert without.none_of_these is None


def test_the_category_of_texts_that_belong_nowhere_says_so(
    trained: JobDir, detecting: JobDir, tiny: Path, tmp_path: Path
) -> None:
    texts = [text for text, _ in examples()]
    for one in (trained, detecting):  # with a detector of its own, and without
        adapter = shutil.copytree(one.adapter, tmp_path / one.path.name)
        known = read_trained(adapter)
        before = load_encoder_model(BaseModelRef("tiny", tiny), adapter).sort(texts).none_of_these
        write_trained(adapter, replace(known, out_of_scope="Account"))
        model = load_encoder_model(BaseModelRef("tiny", tiny), adapter)
        found = model.sort(texts)
        chosen = [model.labels[best] == "Account" for best in found.probabilities.argmax(1)]
        assert any(chosen)
        both = zip(before or [False] * len(texts), chosen, strict=True)
        assert found.none_of_these == [old or own for old, own in both]
        path = tmp_path / f"{one.path.name}.parquet"
        pq.write_table(pa.table({"row_id": range(len(texts)), "text": texts}), path)
        job = make_job(
            tmp_path / f"job-{one.path.name}", tiny, path, "predict", adapter=str(adapter)
        )
        assert predictions(run(job))["none_of_these"] == found.none_of_these


def test_what_is_far_from_all_before_tuning_is_none_of_these(
    detecting: JobDir, tiny: Path, tmp_path: Path
) -> None:
    adapter = shutil.copytree(detecting.adapter, tmp_path / "adapter")
    base, path = BaseModelRef("tiny", tiny), adapter / DETECTOR
    texts = ["where is my parcel", "the invoice is wrong"]
    before = load_probe(base, adapter)
    own = read(before.model.encoder, before.reader.ids(texts), before.reader.pad_id)
    tuned = load_encoder_model(base, adapter).probabilities(texts)
    numbers = torch.from_numpy(tuned.argmax(1))
    detector = load_detector(path)
    assert detector is not None
    lenient = replace(detector.threshold, least=-1e9)
    for known, refused in ((own, [False, False]), (-own, [True, True])):
        memory = Memory(known, numbers, torch.zeros(len(before.labels)), nearest=1)
        origin = Origin(memory, Threshold((0.0, 0.0, 0.0, 1.0), 0.9))
        save_detector(replace(detector, threshold=lenient, origin=origin), path)
        model = load_encoder_model(base, adapter)
        assert model.sort(texts).none_of_these == refused
    without = load_encoder_model(BaseModelRef("tiny", tmp_path / "removed"), adapter)
    assert without.sort(texts).none_of_these == [False, False]


def test_only_texts_of_which_it_decides_are_read_as_before_tuning(
    detecting: JobDir, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = shutil.copytree(detecting.adapter, tmp_path / "adapter")
    base, path = BaseModelRef("tiny", tiny), adapter / DETECTOR
    detector = load_detector(path)
    assert detector is not None
    texts = [text for text, _ in examples()]
    again: list[int] = []

    def watched(
        asked: torch.nn.Module, ids: list[list[int]], pad_id: int, *_: Any, **__: Any
    ) -> torch.Tensor:
        again.append(len(ids))
        return read(asked, ids, pad_id)

    monkeypatch.setattr("workbench.engine.encoder.model.read", watched)
    heavy = Threshold((0.0, 0.0, 0.0, 1.0), -5.0)
    light = Threshold((*detector.threshold.weights, 1e-9), detector.threshold.least)
    told = []
    for threshold, lowest, expected in (
        (light, -0.5, [30]),
        (heavy, -9.0, [30, 30]),
        (light, ALL, [30, 30]),
    ):
        origin = Origin(detector.memory, threshold, lowest)
        save_detector(replace(detector, origin=origin), path)
        told.append(load_encoder_model(base, adapter).sort(texts).none_of_these)
        assert again == expected
        again.clear()
    assert told[0] == told[2]
    assert told[1] == [False] * 30


def test_a_model_of_an_earlier_version_never_says_none_of_these(
    detecting: JobDir, tiny: Path, tmp_path: Path
) -> None:
    old = tmp_path / "adapter"
    shutil.copytree(detecting.adapter, old)
    (old / "out_of_scope.safetensors").unlink()
    path = tmp_path / "questions.parquet"
    pq.write_table(pa.table({"row_id": [1], "text": ["??? 0000 %%%% zzzzz"]}), path)
    job = make_job(tmp_path / "job", tiny, path, "predict", adapter=str(old))
    assert "none_of_these" not in predictions(run(job))


def test_from_too_few_rows_there_is_no_telling_and_it_is_said(trained: JobDir) -> None:
    assert not (trained.adapter / "out_of_scope.safetensors").exists()
    assert "none_of_these" not in predictions(read_json(trained.result))
    told = [event["message"] for event in events(trained, "log")]
    assert any(line.startswith("This model cannot tell texts that belong to none") for line in told)


def test_no_rows_get_no_answers(trained: JobDir, tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "questions.parquet"
    pq.write_table(
        pa.table({"row_id": pa.array([], pa.int64()), "text": pa.array([], pa.string())}), path
    )
    job = make_job(tmp_path / "job", tiny, path, "predict", adapter=str(trained.adapter))
    result = run(job)
    assert (result["status"], result["rows"]) == ("succeeded", 0)


def test_an_untrained_encoder_says_that_it_cannot_answer(
    tiny: Path, data: Path, tmp_path: Path
) -> None:
    result = run(make_job(tmp_path / "job", tiny, data, "predict", adapter=None))
    assert result["status"] == "failed"
    assert "tiny only reads texts and cannot sort them before it has learned" in result["reason"]
    with pytest.raises(WorkbenchError, match="train it first"):
        load_encoder_model(BaseModelRef("tiny", tiny), None)


def test_a_model_that_is_not_whole_is_named(trained: JobDir, tiny: Path, tmp_path: Path) -> None:
    broken = tmp_path / "adapter"
    shutil.copytree(trained.adapter, broken)
    (broken / "head.safetensors").unlink()
    with pytest.raises(WorkbenchError, match=r"not whole .*head\.safetensors is missing"):
        load_encoder_model(BaseModelRef("tiny", tiny), broken)


def test_one_text_is_answered_as_among_many(trained: JobDir, tiny: Path) -> None:
    bundle = load_encoder_model(BaseModelRef("tiny", tiny), trained.adapter)
    texts = [text for text, _ in examples()]
    together = bundle.probabilities(texts)
    alone = np.concatenate([bundle.probabilities([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=0.01)
    assert bundle.probabilities([]).shape == (0, 3)


def test_must_pass_examples_are_answered_as_a_file_is(
    trained: JobDir, tiny: Path, tmp_path: Path
) -> None:
    path = tmp_path / "must pass.parquet"
    pq.write_table(pa.table({"row_id": [7], "text": ["where is my parcel"]}), path)
    answered = run(make_job(tmp_path / "a", tiny, path, "predict", adapter=str(trained.adapter)))
    asked = run(make_job(tmp_path / "b", tiny, path, "must-pass", adapter=str(trained.adapter)))
    assert predictions(asked) == predictions(answered)

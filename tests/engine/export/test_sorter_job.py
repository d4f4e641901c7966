"""An encoder that sorts, as ONNX and handed over."""

from pathlib import Path
from typing import Any

import onnxruntime
import pytest
import torch

from tests.engine.export.conftest import Shop
from tests.engine.export.test_text_exports import certificate, ran, unpacked
from workbench.engine.encoder.model import load_encoder_model
from workbench.engine.export import onnx_model
from workbench.jobs.process.job_dir import read_json
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.exports.certificate import EXACT, EXPORT


def test_onnx_sorts_as_the_trained_model(sorter_shop: Shop, tmp_path: Path) -> None:
    job, result = sorter_shop.export("onnx", "fp32", threshold=0.6)
    assert result["status"] == "succeeded", result["reason"]
    found = certificate(result)
    assert [way.name for way in found.ways] == [
        "trainer", "file", "playground", "api", EXACT, EXPORT,
    ]  # fmt: skip
    export = found.ways[-1]
    assert export.same == export.questions
    assert export.largest_difference is not None
    assert export.largest_difference < 1e-4
    folder = unpacked(job.path, tmp_path)
    how = read_json(folder / "how_to_use.json")
    assert isinstance(how, dict)
    assert how["threshold"] == 0.6
    assert len(how["categories"]) == 3
    assert "least_belonging" in how["how"]


def test_its_graph_takes_any_number_of_texts_of_any_length(
    sorter_shop: Shop, tmp_path: Path
) -> None:
    job, _ = sorter_shop.export("onnx", "fp32")
    folder = unpacked(job.path, tmp_path)
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    for texts, tokens in ((1, 3), (5, 31)):
        import numpy as np

        ids = np.ones((texts, tokens), np.int64)
        shares, belongs = session.run(None, {"input_ids": ids, "attention_mask": ids})
        assert shares.shape == (texts, 3)
        assert belongs.shape == (texts,)


def test_the_hand_over_sorts_a_file_as_the_program_does(sorter_shop: Shop, tmp_path: Path) -> None:
    job, result = sorter_shop.export("zip", "int8", threshold=0.5)
    assert result["status"] == "succeeded", result["reason"]
    folder = unpacked(job.path, tmp_path / "unpacked")
    long = "the invoice is wrong, " * 9 + "and my parcel never came, " * 30
    texts = ["where is my parcel", long, "is there a new password", "zzz qqq"]
    table = tmp_path / "in.csv"
    table.write_text("text\n" + "\n".join(f'"{text}"' for text in texts) + "\n", "utf-8")
    answered = ran(folder, table, tmp_path / "out.csv")
    spec: Any = read_json(sorter_shop.trained.spec)
    base = BaseModelRef.from_dict(spec["base"])
    model = load_encoder_model(base, sorter_shop.trained.adapter)
    assert len(model.reader.ids([long])[0]) > 3 * model.reader.max_length
    found = model.sort(texts)
    best = [model.labels[int(row.argmax())] for row in found.probabilities]
    assert [row["answer"] for row in answered][:3] == best[:3]
    for row, shares in zip(answered[:3], found.probabilities, strict=False):
        assert float(row["probability"]) == pytest.approx(float(shares.max()), abs=0.1)
    assert all(row["please_check"] in ("true", "false") for row in answered)
    assert ("none_of_these" in answered[0]) == (model.detector is not None)


def test_a_spoilt_graph_is_not_offered(sorter_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    write = onnx_model.write_onnx

    def spoil(sorter: onnx_model.Sorter, *values: Any) -> None:
        layers = next(v for k, v in sorter.body.named_modules() if k.endswith("encoder.layer"))
        own = list(layers)
        layers[0], layers[1] = own[1], own[0]
        sorter.head.linear.weight.data = sorter.head.linear.weight.data.flip(0)
        write(sorter, *values)

    monkeypatch.setattr(onnx_model, "write_onnx", spoil)
    job, result = sorter_shop.export("onnx", "int8")
    assert result["status"] == "failed"
    assert not (job.path / "export").exists()
    assert "So it is not offered." in result["reason"]


def test_the_graph_reads_the_windows_of_a_long_text_as_one(
    sorter_shop: Shop, tmp_path: Path
) -> None:
    job, _ = sorter_shop.export("onnx", "fp32")
    folder = unpacked(job.path, tmp_path)
    spec: Any = read_json(sorter_shop.trained.spec)
    model = load_encoder_model(BaseModelRef.from_dict(spec["base"]), sorter_shop.trained.adapter)
    texts = ["my parcel", "the invoice is wrong, " * 30 + "and my password is old. " * 20]
    ids, reader = model.reader.ids(texts), model.reader
    session = onnx_model.Session(folder / "model.onnx")
    read = session.sort(ids, reader.pad_id, reader.window)
    exact = onnx_model.Sorter(model).eval()
    vectors = model.model.encoder.eval()
    for own, (shares, _) in zip(ids, read, strict=True):
        tokens = torch.tensor([own])
        with torch.inference_mode():
            whole = torch.nn.functional.normalize(
                vectors.vectors(tokens, torch.ones_like(tokens)), dim=1
            )
            wanted = exact.head(whole).softmax(1)[0]
        torch.testing.assert_close(torch.tensor(shares), wanted, atol=1e-4, rtol=1e-4)

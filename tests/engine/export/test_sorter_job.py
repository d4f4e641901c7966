"""An encoder that sorts, as ONNX and handed over."""

import csv
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from tests.engine.export.conftest import Shop, shop_of
from tests.engine.export.test_text_exports import certificate, ran, unpacked
from tests.helpers import encoders, exports
from workbench.core.tasks import MULTI_LABEL, REGRESSION
from workbench.core.tasks.category_sets import written
from workbench.core.tasks.text_pair import joined_as
from workbench.engine.encoder.model import EncoderModel, load_encoder_model
from workbench.engine.encoder.neighbours import neighbours_of
from workbench.engine.encoder.out_of_scope.belonging import Memory, kinship, remember, sureness
from workbench.engine.encoder.out_of_scope.detector import Detector
from workbench.engine.encoder.out_of_scope.threshold import Threshold
from workbench.engine.encoder.reader.batches import read
from workbench.engine.export import onnx_model
from workbench.jobs.process.job_dir import read_json
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.exports.certificate import EXACT, EXPORT

CLOSE = 0.01
"""How far 16 and 32 bits may lie apart, in a probability."""


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


def test_the_nearest_examples_have_their_say_in_the_graph(
    sorter_shop: Shop, tmp_path: Path
) -> None:
    spec: Any = read_json(sorter_shop.trained.spec)
    model = load_encoder_model(BaseModelRef.from_dict(spec["base"]), sorter_shop.trained.adapter)
    ids, reader = model.reader.ids(["my parcel", "the invoice is wrong"]), model.reader
    encoder, head = model.model.encoder.eval(), model.model.head
    with torch.inference_mode():
        tokens = [torch.tensor([own]) for own in ids]
        vectors = torch.cat([encoder.vectors(own, torch.ones_like(own)) for own in tokens])
        vectors = torch.nn.functional.normalize(vectors, dim=1)
    own = torch.cat([vectors, torch.randn(7, vectors.shape[1], generator=torch.manual_seed(0))])
    head.neighbours = neighbours_of(own, torch.tensor([2, 0, 1, 1, 1, 0, 2, 2, 0]))
    file = tmp_path / "model.onnx"
    onnx_model.write_onnx(onnx_model.Sorter(model), file, "fp32")
    shares = [told for told, _ in onnx_model.Session(file).sort(ids, reader.pad_id, reader.window)]
    wanted = head(vectors).detach().softmax(1)
    torch.testing.assert_close(torch.tensor(np.stack(shares)), wanted, atol=1e-4, rtol=1e-4)
    head.neighbours = None
    assert (head(vectors).detach().softmax(1) - wanted).abs().max() > 10 * CLOSE


def test_the_graph_tells_how_much_a_text_belongs_as_the_detector_does(
    sorter_shop: Shop, tmp_path: Path
) -> None:
    spec: Any = read_json(sorter_shop.trained.spec)
    model = load_encoder_model(BaseModelRef.from_dict(spec["base"]), sorter_shop.trained.adapter)
    texts = ["my parcel", "the invoice is wrong", "??? 0000 %%%%", "where is it"]
    ids, reader = model.reader.ids(texts), model.reader
    vectors = read(model.model.encoder.eval(), ids, reader.pad_id)
    with torch.inference_mode():
        logits = model.model.head(vectors)
    chosen, count = logits.argmax(1), logits.shape[1]
    known = torch.nn.functional.normalize(
        torch.cat([vectors, torch.randn(9, vectors.shape[1], generator=torch.manual_seed(0))]),
        dim=1,
    )
    # Of one category there are many texts, of one two, and of one none.
    labels = torch.tensor([int(chosen[0])] * 11 + [(int(chosen[0]) + 1) % count] * 2)
    file = tmp_path / "model.onnx"
    for memory in (remember(known, labels), Memory(known, labels, torch.zeros(count), nearest=1)):
        model.detector = Detector(memory, Threshold((0.5, 2.0, 3.0), 0.0))
        onnx_model.write_onnx(onnx_model.Sorter(model), file, "fp32")
        belongs = [
            own for _, own in onnx_model.Session(file).sort(ids, reader.pad_id, reader.window)
        ]
        evidence = torch.cat([sureness(logits)[:, None], kinship(vectors, chosen, memory)], 1)
        wanted = model.detector.threshold.scores(evidence)
        assert belongs == pytest.approx(wanted.tolist(), abs=1e-3)


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


def test_several_categories_are_handed_over_with_their_thresholds(tmp_path: Path) -> None:
    words = {"late": "the parcel came late", "price": "it costs too much", "crew": "a rude crew"}
    sets = [own for size in range(4) for own in itertools.combinations(words, size)]
    rows = [
        (f"message {n}: {', '.join(map(words.__getitem__, own)) or 'all is well'}", written(own))
        for n in range(6)
        for own in sets
    ]
    settings = encoders.recipe(label_smoothing_factor=0.0)
    base = encoders.make_encoder(tmp_path / "base")
    shop = _shop(tmp_path, rows, base, task=MULTI_LABEL.name, recipe=settings)
    answered, model = _handed_over(shop, tmp_path, {"text": [text for text, _ in rows[:8]]})
    shares = model.sort([text for text, _ in rows[:8]]).probabilities
    texts, sure = model.sets(shares)
    # Here it is computed in 16 bits where the processor has them, so a hair's breadth decides nothing.
    clear = np.abs(shares - model.thresholds).min(1) > CLOSE
    assert clear.sum() >= 4
    for row, text, own, decides in zip(answered, texts, sure, clear, strict=True):
        assert not decides or row["answer"] == text
        assert not decides or float(row["probability"]) == pytest.approx(own, abs=3 * CLOSE)
        assert abs(own - 0.5) < 3 * CLOSE or (row["please_check"] == "true") == (own <= 0.5)


def test_two_texts_are_handed_over_as_a_pair(tmp_path: Path) -> None:
    both = list(itertools.product(["red", "blue"], ["car", "boat"], ["is", "was"], repeat=2))
    claims = [(f"the {a} {b} {c}", f" a {d} {e} {f}", "yes" if a == d else "no")
              for a, b, c, d, e, f in both]  # fmt: skip
    claims += [("the red boat " * 30, "is blue", "no"), ("the car is red", "", "no")]
    pair = ("claim", "proof")
    rows = [(joined_as(pair, one, other), same) for one, other, same in claims]
    shop = _shop(tmp_path, rows, encoders.make_pair_encoder(tmp_path / "base"), pair=list(pair))
    columns = {name: [row[i] for row in claims[-9:]] for i, name in enumerate(pair)}
    answered, model = _handed_over(shop, tmp_path, columns)
    shares = model.sort([text for text, _ in rows[-9:]]).probabilities
    assert [float(row["probability"]) for row in answered] == pytest.approx(
        shares.max(1).tolist(), abs=CLOSE
    )
    for row, own in zip(answered, shares, strict=True):
        assert abs(own[0] - own[1]) < 2 * CLOSE or row["answer"] == model.labels[own.argmax()]


def _shop(folder: Path, rows: list[tuple[str, str]], base: Path, **told: Any) -> Shop:
    data = encoders.split_data(folder / "data.parquet", rows)
    return shop_of(folder, exports.train_sorter(folder, base, data, **told))


def _handed_over(
    shop: Shop, folder: Path, columns: dict[str, list[str]]
) -> tuple[list[dict[str, str]], EncoderModel]:
    """What the hand-over's script answers to a table, and the model here."""
    job, result = shop.export("zip", "fp32", threshold=0.5)
    assert result["status"] == "succeeded", result["reason"]
    table = folder / "in.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerows([list(columns), *zip(*columns.values(), strict=True)])
    spec: Any = read_json(shop.trained.spec)
    model = load_encoder_model(BaseModelRef.from_dict(spec["base"]), shop.trained.adapter)
    return ran(unpacked(job.path, folder / "unpacked"), table, folder / "out.csv"), model


def test_numbers_are_handed_over_with_how_far_off_they_may_be(tmp_path: Path) -> None:
    words = {"late": -3, "rude": -2, "clean": 2, "kind": 3, "quiet": 1, "dear": -1}
    pairs = list(itertools.combinations(words, 2)) * 8
    rows = [(f"stay {n}: {a} and {b}", str(50 + 5 * (words[a] + words[b])))
            for n, (a, b) in enumerate(pairs)]  # fmt: skip
    settings = encoders.recipe(label_smoothing_factor=0.0, num_train_epochs=2)
    base = encoders.make_encoder(tmp_path / "base")
    shop = _shop(tmp_path, rows, base, task=REGRESSION.name, recipe=settings)
    texts = [text for text, _ in rows[:12]]
    answered, model = _handed_over(shop, tmp_path, {"text": texts})
    assert model.numbers is not None
    assert model.numbers.width
    near = CLOSE * model.numbers.scale + 10.0**-model.numbers.places
    for row, own in zip(answered, model.estimates(texts), strict=True):
        assert float(row["answer"]) == pytest.approx(own.value, abs=near)
        assert float(row["from"]) == pytest.approx(own.low, abs=near)
        assert float(row["to"]) == pytest.approx(own.high, abs=near)

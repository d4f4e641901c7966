"""The same join wherever a model that reads windows is asked: as it learned, as it is kept, in ONNX."""

from pathlib import Path

import pytest
import torch

from tests.helpers.encoders import LABELS, examples, make_encoder
from workbench.core.long_texts.joins import JOINS, MEAN
from workbench.core.long_texts.ways import LEARNED_WINDOWS, WINDOWS
from workbench.engine.encoder.encoder import Classifier, load_encoder
from workbench.engine.encoder.joins.logits import joined
from workbench.engine.encoder.joins.reading import see
from workbench.engine.encoder.model import EncoderModel, load_encoder_model, save_encoder_model
from workbench.engine.encoder.out_of_scope.belonging import remember
from workbench.engine.encoder.out_of_scope.detector import EVIDENCE, Watched
from workbench.engine.encoder.probe import Head
from workbench.engine.encoder.reader.batches import read
from workbench.engine.encoder.reader.reader import Reader, load_reader
from workbench.engine.encoder.windows import split
from workbench.engine.encoding.encoded_rows import EncodedRows
from workbench.engine.export import onnx_model
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.trained import TrainedModel

pytestmark = pytest.mark.usefixtures("one_thread")

LONG = " ".join(f"{text}." for text, _ in examples()) * 2
TEXTS = ["where is my parcel", LONG, LONG[len(LONG) // 2 :]]
NOT_MEAN = [join for join in JOINS if join != MEAN]


def made(folder: Path, join: str) -> tuple[Classifier, Reader]:
    encoder = load_encoder(make_encoder(folder))
    reader = load_reader(folder, encoder.body, 16, long_texts=WINDOWS)
    encoder.window = reader.window
    torch.manual_seed(2)
    head = Head(encoder.body.config.hidden_size, len(LABELS))
    torch.nn.init.normal_(head.linear.weight, std=3.0)
    return Classifier(encoder, head, join).eval().requires_grad_(False), reader


@pytest.mark.parametrize("join", NOT_MEAN)
def test_a_text_is_judged_by_the_logits_of_its_windows(join: str, tmp_path: Path) -> None:
    model, reader = made(tmp_path, join)
    ids = reader.ids(TEXTS)
    seen = see(model.encoder, EncodedRows.of_ids(ids), reader.pad_id)
    assert seen.long == 2
    found = read(model, ids, reader.pad_id)
    wanted = joined(model.head(seen.windows), seen.owner, len(TEXTS), join)
    torch.testing.assert_close(found, wanted, atol=0.05, rtol=0.05)  # products in bfloat16
    torch.testing.assert_close(seen.logits(model.head, join), wanted)
    mean = model.head(seen.means)
    assert (found[1:] - mean[1:]).abs().max() > 0.2
    watched = Watched(model, remember(seen.means, torch.arange(3)))
    beside = read(watched, ids, reader.pad_id)
    assert torch.equal(beside[:, :-EVIDENCE], found)


def test_a_model_keeps_its_join_and_an_older_one_takes_the_mean(tmp_path: Path) -> None:
    for number, join in enumerate((*NOT_MEAN, "")):
        model, reader = made(tmp_path / "base", join or MEAN)
        base = BaseModelRef("base", tmp_path / "base", "encoder")
        kept = TrainedModel(
            task="classification", family="encoder", method="full", base=base, labels=LABELS,
            max_length=16, long_texts=WINDOWS, window_join=join, pooling="mean",
        )  # fmt: skip
        folder = tmp_path / str(number)
        save_encoder_model(folder, model, model.head, reader, kept)
        back = load_encoder_model(base, folder)
        assert back.model.join == (join or MEAN)
        own = read(model, reader.ids(TEXTS), reader.pad_id).double().softmax(1)
        torch.testing.assert_close(
            torch.from_numpy(back.probabilities(TEXTS)), own, atol=0.02, rtol=0.02
        )


@pytest.mark.parametrize("join", JOINS)
def test_onnx_joins_as_the_model_does(join: str, tmp_path: Path) -> None:
    model, reader = made(tmp_path, join)
    found = EncoderModel(model, reader, list(LABELS))
    sorter = onnx_model.Sorter(found).eval()
    exact = model.float()
    for ids in reader.ids(TEXTS):
        tokens, mask = onnx_model.rows_of(ids, reader.pad_id, reader.window)
        shares, _ = sorter(tokens, mask)
        whole = torch.tensor([ids])
        with torch.inference_mode(), pytest.MonkeyPatch.context() as patched:
            patched.setattr("workbench.engine.encoder.encoder.precision", torch.no_grad)
            wanted = exact(whole, torch.ones_like(whole)).softmax(1)
        torch.testing.assert_close(shares, wanted.expand_as(shares), atol=1e-4, rtol=1e-4)


def test_a_step_learns_from_the_windows_in_focus_and_draws_the_others() -> None:
    mask = torch.ones(2, 16 * 9, dtype=torch.long)
    mask[1, 16 * 6 :] = 0
    ids = torch.arange(9).repeat_interleave(16).repeat(2, 1)
    focus = torch.tensor([[7, 2], [5, -1]])
    drawn = set()
    for _ in range(12):
        own, _, owner = split(ids, mask, 16, learning=True, focus=focus)
        first, second = ([*own[owner == text][:, 0].tolist()] for text in (0, 1))
        assert {7, 2} < set(first)
        assert 5 in second
        assert len(first) == len(second) == LEARNED_WINDOWS
        drawn |= {*first}
    assert len(drawn) > 5

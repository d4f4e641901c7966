"""Two texts that an encoder reads as a pair: separated, told apart by segments, cut the longer one first."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers.encoders import (
    PAIR_WORDS,
    make_encoder,
    make_job,
    make_pair_encoder,
    recipe,
    split_data,
)
from tests.helpers.engine_jobs import PEFT_WARNS, predictions, run
from workbench.core.tasks.text_pair import joined_as
from workbench.engine.encoder.encoder import Encoder, load_encoder, segments
from workbench.engine.encoder.model import load_encoder_model
from workbench.engine.encoder.reader.batches import padded
from workbench.engine.encoder.reader.reader import load_reader, second_after
from workbench.jobs.process.job_dir import read_json
from workbench.jobs.process.specs import BaseModelRef

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
PAIR = ("claim", "proof")


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pair_encoder(tmp_path_factory.mktemp("bert"))


def _opened(folder: Path, longest: int = 24) -> tuple[Encoder, object]:
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, longest, PAIR)
    encoder.second_after = second_after(reader, encoder.body)
    return encoder, reader


def test_a_pair_is_read_as_its_tokenizer_makes_it(bert: Path) -> None:
    encoder, reader = _opened(bert)
    texts = [joined_as(PAIR, "the red car", "a blue boat"), "the boat"]
    ids = reader.ids(texts)  # type: ignore[attr-defined]
    own = reader.tokenizer("the red car", "a blue boat")  # type: ignore[attr-defined]
    assert list(ids[0]) == own["input_ids"]
    assert list(ids[1]) == reader.tokenizer("the boat")["input_ids"]  # type: ignore[attr-defined]
    batch = padded(ids, 0)
    kinds = segments(batch["input_ids"], encoder.second_after)["token_type_ids"]
    assert kinds[0].tolist() == own["token_type_ids"]
    seen = batch["attention_mask"][1].bool()
    assert kinds[1][seen].tolist() == [0, 0, 0, 0]


def test_the_order_of_the_two_texts_matters_and_segments_reach_the_model(bert: Path) -> None:
    encoder, reader = _opened(bert)
    texts = [joined_as(PAIR, "red car", "blue boat"), joined_as(PAIR, "blue boat", "red car")]
    batch = padded(reader.ids(texts), 0)  # type: ignore[attr-defined]
    with torch.no_grad():
        both = encoder(**batch)
        assert not torch.allclose(both[0], both[1], atol=1e-4)
        encoder.second_after = None
        assert not torch.allclose(encoder(**batch), both, atol=1e-4)


def test_of_a_pair_that_is_too_long_the_longer_text_is_cut(bert: Path) -> None:
    _, reader = _opened(bert, 12)
    text = joined_as(PAIR, "the car " * 20, "a blue boat")
    (ids,) = reader.ids([text])  # type: ignore[attr-defined]
    assert len(ids) == 12
    assert reader.tokenizer.decode(ids).endswith("[SEP] a blue boat [SEP]")  # type: ignore[attr-defined]
    assert reader.cut([text], [ids]) == {0: 46}  # type: ignore[attr-defined]


def test_what_puts_no_mark_between_two_texts_reads_them_as_one(tmp_path: Path) -> None:
    encoder, reader = _opened(make_encoder(tmp_path / "base", "roberta"))
    assert encoder.second_after is None
    text = joined_as(PAIR, "parcel", "invoice")
    assert reader.pair == ()  # type: ignore[attr-defined]
    whole = reader.tokenizer(text)["input_ids"]  # type: ignore[attr-defined]
    assert list(reader.ids([text])[0]) == whole  # type: ignore[attr-defined]


def test_a_training_of_pairs_is_asked_as_it_was_examined(bert: Path, tmp_path: Path) -> None:
    rows = []
    for n in range(40):
        one, other = ("red", "blue")[n % 2], ("red", "blue")[n // 2 % 2]
        text = joined_as(PAIR, f"the {one} car " + "is " * (n % 5), f"was a {other} boat")
        rows.append((text, "same" if one == other else "other"))
    data = split_data(tmp_path / "data.parquet", rows)
    job = make_job(tmp_path / "job", bert, data, recipe=recipe(num_train_epochs=1), pair=list(PAIR))
    answers = predictions(run(job))
    assert read_json(job.adapter / "workbench.json")["pair"] == list(PAIR)
    model = load_encoder_model(BaseModelRef.from_dict(read_json(job.spec)["base"]), job.adapter)
    assert model.reader.pair == PAIR
    assert model.model.encoder.second_after == PAIR_WORDS.index("[SEP]")
    shares = model.probabilities(answers["input"])
    np.testing.assert_array_equal(shares.max(1), answers["probability"])

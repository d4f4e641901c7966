import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers.encoders import ARCHITECTURES, examples, make_encoder
from tests.helpers.engine_jobs import PEFT_WARNS
from workbench.core.errors import WorkbenchError
from workbench.core.long_texts.ways import HEAD, HEAD_TAIL, WINDOWS
from workbench.core.recipe import from_dict
from workbench.engine.encoder.encoder import READ_AT_ONCE, load_encoder, pooling_of
from workbench.engine.encoder.reader.batches import groups, padded, read
from workbench.engine.encoder.reader.reader import load_reader
from workbench.engine.models.load import add_lora

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]

TEXTS = [text for text, _ in examples()]
LONG = "my parcel " * 60


@pytest.fixture(params=ARCHITECTURES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return make_encoder(tmp_path / "encoder", request.param)


def test_every_kind_of_encoder_gives_vectors_of_length_one(folder: Path) -> None:
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, 512)
    assert reader.max_length == 48
    ids = reader.ids([*TEXTS, LONG])
    assert max(len(own) for own in ids) == 48
    found = read(encoder, ids, reader.pad_id)
    assert found.shape == (31, 32)
    torch.testing.assert_close(found.norm(dim=1), torch.ones(31))
    assert found.std(0).mean() > 0.01  # texts differ


def test_padding_does_not_show(folder: Path) -> None:
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, 512)
    ids = reader.ids([TEXTS[0], LONG])
    alone = encoder(**padded(ids[:1], reader.pad_id))
    beside = encoder(**padded(ids, reader.pad_id))[:1]
    torch.testing.assert_close(alone, beside, atol=0.02, rtol=0.02)  # bfloat16 where there is one


def test_lora_finds_the_layers_of_every_kind(folder: Path) -> None:
    recipe = from_dict({"r": 4, "target_modules": "all-linear"})
    model = add_lora(load_encoder(folder).body, recipe, task_type=None)
    tuned = {name for name, p in model.named_parameters() if p.requires_grad}
    assert all("lora_" in name for name in tuned)
    assert len(tuned) >= 2 * 2 * 4  # two matrices in at least four layers of two blocks


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, "cls"),
        ({"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}, "mean"),
        ({"pooling_mode": "cls"}, "cls"),
        (None, "mean"),
    ],
)
def test_pooling_is_what_the_folder_says(told: dict | None, expected: str, tmp_path: Path) -> None:
    if told:
        (tmp_path / "1_Pooling").mkdir()
        (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps(told))
    assert pooling_of(tmp_path) == expected


def test_first_token_and_mean_are_different_readings(tmp_path: Path) -> None:
    folder = make_encoder(tmp_path)
    ids = [[0, 5, 6, 7, 2], [0, 9, 2]]
    cls, mean = load_encoder(folder, "cls"), load_encoder(folder, "mean")
    states = cls.body(**padded(ids, 1)).last_hidden_state
    first = torch.nn.functional.normalize(states[:, 0].float(), dim=1)
    torch.testing.assert_close(read(cls, ids, 1), first, atol=0.02, rtol=0.02)
    average = torch.nn.functional.normalize(states[1, :3].float().mean(0), dim=0)
    torch.testing.assert_close(read(mean, ids, 1)[1], average, atol=0.02, rtol=0.02)


def test_texts_come_back_in_their_order(tmp_path: Path) -> None:
    encoder = load_encoder(make_encoder(tmp_path))
    ids = [[0, *range(5, 5 + n), 2] for n in (3, 9, 1, 20, 4)]
    counts: list[int] = []
    found = read(encoder, ids, 1, counts.append)
    alone = torch.cat([read(encoder, [own], 1) for own in ids])
    torch.testing.assert_close(found, alone, atol=0.02, rtol=0.02)
    assert counts[-1] == 5


def test_long_texts_are_read_few_at_a_time() -> None:
    found = list(groups(np.array([500] * 20 + [10] * 100)))
    assert sorted(i for group in found for i in group) == list(range(120))
    assert len(found[0]) == READ_AT_ONCE["cpu"] // 500
    assert len(found[-2]) == 64


def test_long_texts_are_told_with_their_tokens_and_those_that_just_fit_are_not(
    tmp_path: Path,
) -> None:
    encoder = load_encoder(make_encoder(tmp_path))
    reader = load_reader(tmp_path, encoder.body, 8)
    fits = next(text for text in TEXTS if len(reader.tokenizer(text)["input_ids"]) == 8)
    texts = [fits, LONG, "parcel"]
    whole = len(reader.tokenizer(LONG)["input_ids"])
    for way in (HEAD, HEAD_TAIL, WINDOWS):
        own = replace(reader, long_texts=way)
        ids = own.ids(texts)
        assert own.long(texts, ids) == {1: whole}
        assert own.cut(texts, ids) == ({} if way == WINDOWS else {1: whole})


def test_a_folder_without_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match=f"encoder in {tmp_path} cannot be loaded.*choose"):
        load_encoder(tmp_path)

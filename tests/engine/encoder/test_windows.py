import itertools
from pathlib import Path

import pytest
import torch

from tests.helpers.encoders import ARCHITECTURES, examples, make_encoder
from workbench.core.long_texts.ways import HEAD_TAIL, LEARNED_WINDOWS, WINDOWS
from workbench.engine.encoder.encoder import Encoder, load_encoder
from workbench.engine.encoder.reader.batches import padded, read
from workbench.engine.encoder.reader.reader import Reader, load_reader
from workbench.engine.encoder.windows import as_windows, learned_tokens, marks_of, split

pytestmark = pytest.mark.usefixtures("one_thread")

SHORT = "where is my parcel"
LONG = " ".join(f"{text}." for text, _ in examples()) * 3


def opened(folder: Path, way: str = WINDOWS, window: int = 16) -> tuple[Encoder, Reader]:
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, window, long_texts=way)
    encoder.window = reader.window
    return encoder, reader


def parts_of(ids: list[int], window: int) -> list[list[int]]:
    return [ids[start : start + window] for start in range(0, len(ids), window)]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_token_of_a_long_text_has_its_part_in_the_vector(
    architecture: str, tmp_path: Path
) -> None:
    encoder, reader = opened(make_encoder(tmp_path, architecture))
    (ids,) = reader.ids([LONG])
    found = read(encoder, [ids], reader.pad_id)[0]
    for place in range(0, len(parts_of(ids, 16)), 5):
        changed = list(ids)
        changed[16 * place + 3 : 16 * place + 7] = [9, 9, 9, 9]
        other = read(encoder, [changed], reader.pad_id)[0]
        assert (found - other).abs().max() > 1e-4


def test_windows_overlap_and_hold_the_whole_text(tmp_path: Path) -> None:
    _, reader = opened(make_encoder(tmp_path))
    marks = marks_of(reader.tokenizer)
    whole = reader.tokenizer(LONG)["input_ids"]
    parts = parts_of(as_windows(whole, marks, 16), 16)
    assert all(len(part) == 16 for part in parts[:-1])
    insides = [marks.inside(part) for part in parts]
    assert marks.around(insides[0])[0] == whole[0]
    joined = list(insides[0])
    for before, after in itertools.pairwise(insides):
        assert before[-1:] == after[:1]  # of 14 tokens one is in both
        joined += after[1:]
    assert marks.around(joined) == whole


def test_the_vector_is_the_mean_over_all_tokens(tmp_path: Path) -> None:
    encoder, reader = opened(make_encoder(tmp_path))
    (ids,) = reader.ids([LONG])
    with torch.no_grad():
        states = [
            encoder.body(**padded([part], 1)).last_hidden_state[0] for part in parts_of(ids, 16)
        ]
    mean = torch.nn.functional.normalize(torch.cat(states).float().mean(0), dim=0)
    found = read(encoder, [ids], reader.pad_id)[0]
    torch.testing.assert_close(found, mean, atol=0.02, rtol=0.02)  # bfloat16 where there is one


def test_a_text_is_read_alike_alone_and_beside_longer_ones(tmp_path: Path) -> None:
    encoder, reader = opened(make_encoder(tmp_path))
    ids = reader.ids([SHORT, LONG, SHORT + " " + SHORT * 4])
    together = encoder(**padded(ids, reader.pad_id))
    alone = torch.cat([encoder(**padded([own], reader.pad_id)) for own in ids])
    torch.testing.assert_close(together, alone, atol=0.02, rtol=0.02)


def test_a_short_text_is_read_as_without_windows(tmp_path: Path) -> None:
    folder = make_encoder(tmp_path)
    encoder, reader = opened(folder)
    plain = load_encoder(folder)
    ids = reader.ids([SHORT])
    assert ids == load_reader(folder, plain.body, 16).ids([SHORT])
    assert torch.equal(read(encoder, ids, 1), read(plain, ids, 1))


def test_a_step_learns_from_a_few_windows_of_each_long_text_drawn_anew() -> None:
    mask = torch.ones(2, 16 * 9, dtype=torch.long)
    mask[1, 16 * 2 :] = 0  # a text of two windows
    ids = torch.arange(2 * 16 * 9).view(2, -1)
    torch.manual_seed(1)
    drawn = [split(ids, mask, 16, learning=True) for _ in range(8)]
    for _, _, owner in drawn:
        assert owner.tolist() == [0] * LEARNED_WINDOWS + [1] * 2
    assert len({tuple(own[:, 0].tolist()) for own, _, _ in drawn}) > 4
    assert len(split(ids, mask, 16, learning=False)[0]) == 9 + 2
    assert learned_tokens(16 * 9, 16) == 16 * LEARNED_WINDOWS
    assert learned_tokens(20, None) == 20


def test_head_and_tail_keep_both_ends(tmp_path: Path) -> None:
    _, reader = opened(make_encoder(tmp_path), HEAD_TAIL)
    whole = reader.tokenizer(LONG)["input_ids"]
    (ids,) = reader.ids([LONG])
    assert ids == [*whole[:8], *whole[-8:]]

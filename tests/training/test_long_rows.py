"""Rows that are longer than a model reads are known before it is trained."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from tests.helpers.writers import write_rows
from workbench.core.errors import WorkbenchError
from workbench.core.long_texts.ways import refusal
from workbench.core.recipe import Recipe
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.training.long_rows import long_rows

WORDS = "The parcel that I ordered last week has not come yet and nobody can tell me why. "


@dataclass
class Version:
    path: Path
    task: str = "classification"
    mapping: dict[str, Any] = field(default_factory=dict)


@pytest.fixture
def encoder(store: Store) -> ModelInfo:
    return catalogue.resolve_model(store, "all-MiniLM-L6-v2")


@pytest.fixture
def writer(store: Store) -> ModelInfo:
    return catalogue.resolve_model(store, "SmolLM2-135M-Instruct")


def sorted_texts(tmp_path: Path, times: list[int]) -> Version:
    rows = [{"text": WORDS * n, "label": "ab"[n % 2]} for n in times]
    return Version(
        write_rows(tmp_path / "texts.parquet", rows, (["train", "test"] * len(rows))[: len(rows)])
    )


def test_an_encoder_reads_long_texts_of_all_parts_by_windows(
    tmp_path: Path, encoder: ModelInfo
) -> None:
    found = long_rows(sorted_texts(tmp_path, [1, 2, 30, 3, 1, 90]), encoder, Recipe(max_length=256))
    assert (found.rows, found.of, found.limit, found.way) == (2, 6, 256, "windows")
    assert len(found.row_ids) == 2
    assert 1300 < found.longest < 2200
    assert found.sentences == [
        "About 2 of 6 texts (rows 3, 6) are longer than the 256 tokens that the model reads at once; "
        "of those all is read, in overlapping parts (windows) that are put together."
    ]


def test_the_shorter_of_both_limits_counts(tmp_path: Path, encoder: ModelInfo) -> None:
    texts = sorted_texts(tmp_path, [1, 30, 90])
    assert long_rows(texts, encoder, Recipe(max_length=4096)).limit == encoder.context_length
    assert long_rows(texts, encoder, Recipe(max_length=32)).limit == 32


def test_where_all_texts_fit_there_is_nothing_to_say(tmp_path: Path, encoder: ModelInfo) -> None:
    found = long_rows(sorted_texts(tmp_path, [1, 2, 3]), encoder, Recipe(max_length=256))
    assert (found.rows, found.sentences) == (0, [])


def test_answers_that_cannot_be_learned_whole_are_counted(
    tmp_path: Path, writer: ModelInfo
) -> None:
    rows = [
        {"prompt": WORDS, "response": WORDS},
        {"prompt": WORDS * 60, "response": WORDS},
        {"prompt": WORDS, "response": WORDS * 60},
    ]
    data = Version(write_rows(tmp_path / "r.parquet", rows, ["train"] * 3), "completion")
    found = long_rows(data, writer, Recipe(max_length=512))
    assert (found.rows, found.answers, found.way) == (2, 1, "nearest")
    said, cut = found.sentences
    assert "a mark stands where something is left out" in said
    assert "1 answer (row 3) does not fit into 512 tokens, so the end of it is not learned" in cut


def test_a_file_that_is_gone_says_nothing(tmp_path: Path, encoder: ModelInfo) -> None:
    assert not long_rows(Version(tmp_path / "gone.parquet"), encoder, Recipe()).rows


def test_ways_that_a_model_cannot_go_are_refused_with_what_to_choose() -> None:
    assert "choose an encoder" in refusal("windows", writes_text=True)
    assert "windows, head_tail or head" in refusal("nearest", writes_text=False)
    assert not refusal("auto", writes_text=True)
    assert not refusal("head_tail", writes_text=False)
    with pytest.raises(WorkbenchError, match="long_texts must be one of"):
        Recipe().changed(long_texts="all")

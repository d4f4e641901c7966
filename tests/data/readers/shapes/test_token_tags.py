"""Words and tags in two lists."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.helpers import two_ways
from workbench.data.columns import guessing
from workbench.data.readers.shapes import token_tags

WORDS = ["Anna", "Berg", "left", "Holm", "."]
TAGS = ["B-WHO", "I-WHO", "O", "B-WHERE", "O"]
FIELDS = '{"WHO": ["Anna Berg"], "WHERE": ["Holm"]}'


def test_they_are_sentences_with_fields(tmp_path: Path) -> None:
    rows = [{"id": 1, "tokens": WORDS, "ner_tags": TAGS}] * 250 + [
        {"tokens": ["a"], "ner_tags": []}
    ]
    table = two_ways.of_rows(tmp_path, rows)
    assert table.cells("text")[0] == "Anna Berg left Holm."
    assert table.cells("fields")[0] == FIELDS
    assert guessing.guess_task(table).task == "extraction"
    assert table.left_out == {token_tags.UNEQUAL: (251,)}
    assert table.unused == {"id": 250}


def test_numbers_of_tags_have_their_names_in_parquet(tmp_path: Path) -> None:
    names = ["O", "B-WHO", "I-WHO", "B-WHERE"]
    feature = {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"}
    about = {b"huggingface": json.dumps({"info": {"features": {"ner_tags": feature}}}).encode()}
    numbers = [names.index(tag) for tag in TAGS]
    table = pa.table({"tokens": [WORDS] * 3, "ner_tags": [numbers] * 3})
    pq.write_table(table.replace_schema_metadata(about), tmp_path / "a.parquet")
    assert two_ways.read(tmp_path / "a.parquet").cells("fields") == [FIELDS] * 3


def test_words_without_tags_are_none_of_these() -> None:
    assert token_tags.recognise([{"tokens": WORDS, "tags": ["a"] * 5}], "") is None

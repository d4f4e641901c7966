"""Exports of annotation platforms."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import two_ways
from workbench.data.columns import guessing
from workbench.data.readers import read_table
from workbench.data.readers.shapes import platforms

TEXT = "Anna took the ferry to Holm."

MARKED: dict[str, Any] = {
    "Ground Truth": {
        "source": TEXT,
        "job": {"annotations": {"entities": [{"startOffset": 0, "endOffset": 4, "label": "WHO"}]}},
        "job-metadata": {"type": "groundtruth/text-span", "human-annotated": "yes"},
    },
    "Vertex AI": {
        "textContent": TEXT,
        "textSegmentAnnotations": [{"startOffset": 0, "endOffset": 4, "displayName": "WHO"}],
    },
    "Kili": {
        "content": TEXT,
        "externalId": "1",
        "labels": [
            {
                "labelType": "DEFAULT",
                "jsonResponse": {
                    "JOB": {
                        "annotations": [
                            {"beginOffset": 0, "content": "Anna", "categories": [{"name": "WHO"}]}
                        ]
                    }
                },
            }
        ],
    },
    "Labelbox": {
        "data_row": {"id": "1", "row_data": TEXT},
        "projects": {
            "p": {
                "labels": [
                    {
                        "annotations": {
                            "objects": [{"name": "WHO", "location": {"start": 0, "end": 3}}],
                            "classifications": [],
                        }
                    }
                ]
            }
        },
    },
    "UBIAI": {
        "documentName": "1",
        "document": TEXT,
        "tokens": [{"text": "Anna", "start": 0, "end": 4, "entityLabel": "WHO"}],
    },
    "spaCy": [TEXT, {"entities": [[0, 4, "WHO"]]}],
}

CHOSEN: dict[str, Any] = {
    "Ground Truth": {
        "source": TEXT,
        "job": 0,
        "job-metadata": {"type": "groundtruth/text-classification", "class-name": "Travel"},
    },
    "Vertex AI": {
        "textContent": TEXT,
        "classificationAnnotation": {"displayName": "Travel"},
        "dataItemResourceLabels": {"use": "training"},
    },
    "Kili": {
        "content": TEXT,
        "labels": [
            {"labelType": "PREDICTION", "jsonResponse": {"JOB": {"categories": [{"name": "x"}]}}},
            {"labelType": "DEFAULT", "jsonResponse": {"J": {"categories": [{"name": "Travel"}]}}},
            {"labelType": "INFERENCE", "jsonResponse": {"JOB": {"categories": [{"name": "y"}]}}},
        ],
    },
    "Labelbox": {
        "data_row": {"row_data": TEXT},
        "projects": {
            "p": {
                "labels": [
                    {
                        "annotations": {
                            "classifications": [{"radio_answer": {"name": "Travel"}}],
                            "objects": [],
                        }
                    }
                ]
            }
        },
    },
    "Potato": {
        "id": "1",
        "displayed_text": TEXT,
        "label_annotations": {"topic": {"Travel": "1"}},
        "span_annotations": [],
    },
}


@pytest.mark.parametrize("program", MARKED)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_marks_are_fields(tmp_path: Path, program: str, name: str) -> None:
    table = two_ways.of_rows(tmp_path, [MARKED[program]] * 3, name)
    assert table.cells("text") == [TEXT] * 3
    assert table.cells("fields") == ['{"WHO": ["Anna"]}'] * 3
    assert guessing.guess_task(table).task == "extraction"
    assert program in guessing.guess_task(table).reason


@pytest.mark.parametrize("program", CHOSEN)
def test_categories_are_categories(tmp_path: Path, program: str) -> None:
    table = two_ways.of_rows(tmp_path, [CHOSEN[program]] * 3)
    assert table.cells("label") == ["Travel"] * 3
    assert guessing.guess_task(table).task == "classification"
    roles = guessing.guess_all_roles(table, "classification")
    assert roles == {"text": "text", "label": "label"}


def test_pairs_below_the_names_of_their_places(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"classes": ["WHO"], "annotations": [MARKED["spaCy"], None]}))
    assert read_table(path).cells("fields") == ['{"WHO": ["Anna"]}']


def test_what_nobody_annotated_is_left_out_by_name(tmp_path: Path) -> None:
    empty = {"content": TEXT, "labels": []}
    table = two_ways.of_rows(tmp_path, [CHOSEN["Kili"], empty])
    assert table.left_out == {platforms.UNANNOTATED: (2,)}


def test_several_categories_are_asked_about(tmp_path: Path) -> None:
    job = {"type": "groundtruth/text-classification-multilabel", "class-map": {"0": "a", "1": "b"}}
    rows = [{"source": f"{TEXT} {n}", "job": [0, 1], "job-metadata": job} for n in range(3)]
    table = two_ways.of_rows(tmp_path, rows)
    assert table.question is not None
    assert json.loads(table.cells("label")[0] or "") == ["a", "b"]


@pytest.mark.parametrize(
    "record",
    [
        {"source": TEXT, "x-metadata": "none"},
        {"content": TEXT, "labels": ["a", "b"]},
        {"data_row": TEXT, "projects": []},
        {"document": TEXT, "tokens": ["Anna"]},
        {"textContent": TEXT},
    ],
)
def test_records_with_keys_of_the_same_names_are_left_alone(record: dict[str, Any]) -> None:
    assert platforms.recognise([record], "") is None

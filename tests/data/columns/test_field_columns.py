"""Columns become the fields of an answer."""

import pytest

from tests.data.columns.test_mapping import made
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import EXTRACTION
from workbench.data.columns import field_columns, mapping

ORDERS = made(
    note=["Anna: 3", "Bert", "none", "Cleo"],
    Who=["Anna", 'Bert "B"', None, "Cleo"],
    sum=["3", " ", "", "1.234,50"],
    tags=['["a", "b"]', None, "", "[odd"],
)
SOURCE = field_columns.as_source(["Who", "sum", "tags"])


def test_a_row_is_json_of_its_cells() -> None:
    assert mapping.texts(ORDERS, SOURCE) == [
        '{"Who": "Anna", "sum": "3", "tags": ["a", "b"]}',
        '{"Who": "Bert \\"B\\"", "sum": null, "tags": null}',
        None,
        '{"Who": "Cleo", "sum": "1.234,50", "tags": "[odd"}',
    ]


def test_it_stands_for_its_columns() -> None:
    assert mapping.columns_in(SOURCE, ORDERS.columns) == ["Who", "sum", "tags"]
    assert not mapping.is_template(field_columns.as_source(["a {b}"]), ORDERS.columns)
    roles = {"text": "note", "response": '["who", "SUM"]'}
    assert mapping.check_roles(EXTRACTION, roles, ORDERS)["response"] == '["Who", "sum"]'


def test_a_column_that_is_not_there_is_named() -> None:
    roles = {"text": "note", "response": '["who", "total"]'}
    with pytest.raises(WorkbenchError, match="no column 'total'"):
        mapping.check_roles(EXTRACTION, roles, ORDERS)


@pytest.mark.parametrize("source", ["[who]", "[1]", "[]", "who", "[{who}] {sum}", '{"a": 1}'])
def test_other_sources_are_none_of_this(source: str) -> None:
    assert field_columns.names_in(source) == []


def test_a_column_of_such_a_name_is_a_column() -> None:
    table = made(**{'["a"]': ["x"]})
    assert mapping.texts(table, '["a"]') == ["x"]

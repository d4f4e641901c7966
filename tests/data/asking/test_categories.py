"""Several categories in a row are recognised in every form, and never made of by themselves."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers import two_ways
from tests.helpers.conversion_jobs import zipped
from workbench.core.errors import WorkbenchError
from workbench.data.asking import categories
from workbench.data.columns import guessing
from workbench.data.readers import Table, read_table

TEXTS = [f"The {n}. ferry to Holm was late again, and nobody said a word." for n in range(24)]
SETS = [["late"], ["price", "late"], ["crew"], ["late", "crew"], ["price"], []] * 4
Writer = Callable[[Path, list[list[str]]], Path]


def _csv(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def _json_list(folder: Path, sets: list[list[str]]) -> Path:
    path = folder / "a.jsonl"
    rows = [{"text": t, "labels": s} for t, s in zip(TEXTS, sets, strict=True)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _cell(form: Callable[[list[str]], str], name: str = "label") -> Writer:
    return lambda folder, sets: _csv(
        folder / "a.csv",
        ["text", name],
        [[text, form(each) if each else ""] for text, each in zip(TEXTS, sets, strict=True)],
    )


def _flags(yes: str, no: str) -> Writer:
    names = ["late", "price", "crew"]
    return lambda folder, sets: _csv(
        folder / "a.csv",
        ["id", "message", *names],
        [
            [str(i), text, *(yes if name in each else no for name in names)]
            for i, (text, each) in enumerate(zip(TEXTS, sets, strict=True))
        ],
    )


FORMS: dict[str, Writer] = {
    "a list": _json_list,
    "a list in a cell": _cell(str, "tags"),
    "JSON in a cell": _cell(json.dumps),
    "an array as it is printed": _cell(lambda each: "[" + " ".join(f"'{e}'" for e in each) + "]"),
    "commas": _cell(", ".join),
    "semicolons": _cell(";".join, "topics"),
    "bars": _cell("|".join, "category"),
    "0 and 1": _flags("1", "0"),
    "truth": _flags("True", "False"),
    "yes and no": _flags("yes", "no"),
    "a cross": _flags("x", ""),
}


def _pairs(table: Table) -> list[tuple[str | None, str | None]]:
    task = guessing.guess_task(table).task
    assert task == "classification"
    roles = guessing.guess_all_roles(table, task)
    return list(zip(table.cells(roles["text"]), table.cells(roles["label"]), strict=True))


@pytest.mark.parametrize("form", FORMS)
def test_several_categories_are_a_question(tmp_path: Path, form: str) -> None:
    path = FORMS[form](tmp_path, SETS)
    table = two_ways.read(path)
    assert table.question is not None
    assert table.question.text.startswith("8 of 24 rows have several categories")
    assert "4 rows have none" in table.question.text
    assert table.question.chosen == table.options.choice == ""

    first = two_ways.read(path, "first")
    assert first.question is not None
    assert first.question.chosen == "first"
    kept = [(text, each) for text, each in zip(TEXTS, SETS, strict=True) if each]
    in_file = [["late"], ["price", "late"], ["crew"], ["late", "crew"], ["price"]]
    ordered = "column" in first.question.text  # columns have an order of their own
    taken = {tuple(s): ("late" if ordered and "late" in s else s[0]) for s in in_file}
    assert _pairs(first) == [(text, taken[tuple(each)]) for text, each in kept]
    assert first.left_out == {categories.NONE: (*_numbers(first, []),)}

    each_one = two_ways.read(path, "each")
    assert sorted(_pairs(each_one)) == sorted((t, name) for t, s in kept for name in s)
    assert each_one.row_numbers.to_pylist() == list(range(1, 29))

    single = two_ways.read(path, "single")
    assert _pairs(single) == [(text, s[0]) for text, s in kept if len(s) == 1]
    assert len(single.left_out[categories.SEVERAL]) == 8


def _numbers(table: Table, wanted: list[str]) -> list[int]:
    begin = 1 if table.kind == "jsonl" else 2
    return [begin + i for i, each in enumerate(SETS) if each == wanted]


@pytest.mark.parametrize("form", FORMS)
def test_one_category_everywhere_is_that_category(tmp_path: Path, form: str) -> None:
    sets = [[name] for name in ("late", "price", "crew")] * 8
    table = two_ways.read(FORMS[form](tmp_path, sets))
    assert table.question is None
    assert _pairs(table) == list(zip(TEXTS, ["late", "price", "crew"] * 8, strict=True))
    assert not table.left_out


def test_the_whole_cell_can_be_one_category(tmp_path: Path) -> None:
    read = two_ways.read(FORMS["commas"](tmp_path, SETS), "whole")
    assert set(read.cells("label")) == {"late", "price, late", "crew", "late, crew", "price"}
    read = two_ways.read(_json_list(tmp_path, SETS), "whole")
    assert set(read.cells("labels")) == {"late", "price, late", "crew", "late, crew", "price"}


def test_columns_that_are_no_categories_can_stay(tmp_path: Path) -> None:
    read = two_ways.read(FORMS["yes and no"](tmp_path, SETS), "whole")
    assert read.columns == ["id", "message", "late", "price", "crew"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("category", ["Sales, Inc.", "Crew"]),
        ("label", ["very late, no word", "fine", "late"]),
        ("intent", ["on board: food, drink", "ashore: food, drink", "tickets"]),
        ("price", ["1,50", "2,75", "3,00"]),
        ("rating", ["1", "2", "3"]),
    ],
)
def test_a_comma_alone_makes_no_several_categories(
    tmp_path: Path, name: str, values: list[str]
) -> None:
    cells = (values * 24)[:24]
    table = read_table(
        _csv(tmp_path / "a.csv", ["text", name], [list(p) for p in zip(TEXTS, cells, strict=True)])
    )
    assert table.question is None
    assert table.cells(name) == cells


def test_a_category_beside_yes_and_no_is_the_category(tmp_path: Path) -> None:
    rows = [[t, ["a", "b"][i % 2], "yes", "no", "yn"[i % 2]] for i, t in enumerate(TEXTS)]
    table = read_table(_csv(tmp_path / "a.csv", ["text", "label", "vip", "eu", "b2b"], rows))
    assert table.question is None
    assert _pairs(table)[0] == (TEXTS[0], "a")


def test_two_columns_of_flags_beside_a_text_alone_are_asked_about(tmp_path: Path) -> None:
    rows = [[str(i), text, str(i % 2), str(int(i % 3 == 0))] for i, text in enumerate(TEXTS)]
    path = _csv(tmp_path / "a.csv", ["id", "text", "spam", "rude"], rows)
    assert two_ways.read(path).question is not None
    assert set(two_ways.read(path, "each").cells("category")) == {"spam", "rude"}
    rows = [[text, str(i % 2), str(1 - i % 2)] for i, text in enumerate(TEXTS)]
    table = two_ways.read(_csv(tmp_path / "b.csv", ["text", "good", "bad"], rows))
    assert table.question is None
    assert table.cells("category")[:2] == ["bad", "good"]
    assert "are in 'category' now" in " ".join(table.notes)


def test_vectors_without_names_are_no_categories(tmp_path: Path) -> None:
    rows = [{"text": text, "labels": [i % 2, 0, 1]} for i, text in enumerate(TEXTS)]
    table = two_ways.of_rows(tmp_path, rows)
    assert table.question is not None
    assert "rather than texts or categories" in table.question.text


def test_answers_in_lists_of_one_are_those_answers(tmp_path: Path) -> None:
    rows = [{"question": text, "answers": [f"{text} Sorry about this."]} for text in TEXTS]
    table = two_ways.of_rows(tmp_path, rows)
    assert guessing.guess_task(table).task == "completion"
    assert table.cells("answers")[0] == f"{TEXTS[0]} Sorry about this."


def test_a_choice_that_leaves_nothing_is_a_sentence(tmp_path: Path) -> None:
    path = _json_list(tmp_path, [["late", "crew"]] * 24)
    with pytest.raises(WorkbenchError, match=r"24 × several categories"):
        two_ways.read(path, "single")


def test_an_unknown_choice_is_no_answer(tmp_path: Path) -> None:
    table = two_ways.read(_json_list(tmp_path, SETS), "nonsense")
    assert table.question is not None
    assert not table.question.chosen
    assert table.options.choice == ""


def test_several_files_with_several_categories_are_asked_about_together(tmp_path: Path) -> None:
    content = _json_list(tmp_path, SETS).read_bytes()
    path = zipped(tmp_path / "both.zip", {"may.jsonl": content, "june.jsonl": content})
    table = two_ways.read(path)
    assert table.question is not None
    assert table.question.text.startswith("16 of 48 rows have several categories in 'labels'")
    single = two_ways.read(path, "single")
    assert set(single.cells("file")) == {"may.jsonl", "june.jsonl"}
    assert len(single) == 24


@pytest.mark.parametrize("form", FORMS)
def test_all_categories_of_a_row_can_be_learned_together(tmp_path: Path, form: str) -> None:
    path = FORMS[form](tmp_path, SETS)
    wanted = ["; ".join(sorted(each)) for each in SETS]
    together = two_ways.read(path, "several")
    assert guessing.guess_task(together).task == "multi_label"
    roles = guessing.guess_all_roles(together, "multi_label")
    assert together.cells(roles["label"]) == [own for own in wanted if own]
    assert together.left_out == {categories.NONE: (*_numbers(together, []),)}

    with_none = two_ways.read(path, "several-or-none")
    assert with_none.cells(roles["label"]) == [own or "none of them" for own in wanted]
    assert not with_none.left_out


def test_line_ends_part_categories_too(tmp_path: Path) -> None:
    read = two_ways.read(_cell("\n".join)(tmp_path, SETS), "several")
    assert read.cells("label")[:3] == ["late", "late; price", "crew"]


def test_sets_that_nearly_all_differ_are_asked_about(tmp_path: Path) -> None:
    names = [f"topic {n}" for n in range(9)]
    sets = [[names[n % 9], names[(n * 2 + 1) % 9], names[(n // 3 + 5) % 9]] for n in range(60)]
    rows = [
        [f"The {n}. ferry was late, and the crew said word {n * 7}.", "|".join(own)]
        for n, own in enumerate(sets)
    ]
    table = two_ways.read(_csv(tmp_path / "a.csv", ["text", "tags"], rows))
    assert table.question is not None
    assert "several categories in 'tags'" in table.question.text


def test_texts_with_commas_are_no_categories(tmp_path: Path) -> None:
    rows = [[text, f"Well, number {n}, what now, captain?"] for n, text in enumerate(TEXTS)]
    assert two_ways.read(_csv(tmp_path / "a.csv", ["text", "note"], rows)).question is None


def test_sets_of_long_names_are_asked_about(tmp_path: Path) -> None:
    names = [f"what_passengers_say_about_topic_number_{n}" for n in range(6)]
    rows = [
        [
            f"The {n}. ferry was late, and the crew said word {n * 7}.",
            "; ".join(sorted({names[n % 6], names[n * 5 % 4]})),
        ]
        for n in range(60)
    ]
    path = _csv(tmp_path / "a.csv", ["text", "topics"], rows)
    assert two_ways.read(path).question is not None
    taken = two_ways.read(path, "several")
    assert guessing.guess_all_roles(taken, "multi_label") == {"text": "text", "label": "topics"}

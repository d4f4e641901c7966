"""What is told of an exam in fields."""

import json

import pandas as pd

from workbench.evaluation.scoring.by_task.fields_told import fields_told, remarks

ANSWERS = pd.DataFrame(
    {
        "expected": ['{"a": "x", "b": "y"}', '{"a": "z"}'],
        "base": ['{"a": "x"}', '{"a": "q"}'],
        "tuned": ['{"a": "x", "b": "y"}', '{"a": "z", "b": "k"}'],
        "nearest": ['{"a": "x", "b": "y"}', "none"],
        "cut_base": [["b"], []],
        "cut_tuned": [[], ["a", "b"]],
        "parts_base": [1, 1],
        "parts_tuned": [3, 1],
    }
)


def test_each_rung_has_its_fields() -> None:
    told = fields_told(ANSWERS, ("base", "tuned", "nearest", "examples"))
    assert [*told] == ["base", "tuned", "nearest"]
    assert (told["base"]["cut"], told["tuned"]["in_parts"]) == (1, 1)
    assert [told[name]["is_held_to_form"] for name in told] == [True, True, False]
    fields = {field["name"]: field for field in told["tuned"]["fields"]}
    assert (fields["a"]["right"]["value"], fields["b"]["too_much"]) == (1.0, 1)
    assert json.dumps(told)


def test_how_answers_came_about_is_said() -> None:
    said = remarks(ANSWERS)
    assert "'Before training' and 'After training'" in said[0]
    assert "1 answer there was no room to finish 'a' and 'b'" in said[1]
    assert said[2].startswith("1 text was longer than the model reads")
    assert remarks(ANSWERS[["expected", "tuned"]]) == []

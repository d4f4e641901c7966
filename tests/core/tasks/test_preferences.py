"""Preferences: a question with a better and a worse answer."""

import json

from workbench.core.tasks import PREFERENCES, task_named
from workbench.core.tasks.preferences import longer_of, worse_of
from workbench.core.tasks.rungs import LONGER, SHORTER, cheap_for, in_place_for
from workbench.models.families import CAUSAL, FAMILIES

TURNS = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello."},
    {"role": "user", "content": "Late?"},
]
ROW = {"prompt": json.dumps(TURNS), "chosen": "Sorry.", "rejected": "So what, then?"}


def test_earlier_answers_are_read_and_the_better_one_is_learned() -> None:
    said = PREFERENCES.messages(ROW, system="Be kind.")
    assert [turn["role"] for turn in said] == ["system", "user", "assistant", "user", "assistant"]
    assert said[2]["learn"] is False
    assert said[-1] == {"role": "assistant", "content": "Sorry."}
    assert PREFERENCES.messages(worse_of(ROW))[-1]["content"] == "So what, then?"
    assert PREFERENCES.question(ROW) == "user: Hi\nassistant: Hello.\nuser: Late?"
    assert longer_of(ROW)["chosen"] == "So what, then?"


def test_a_question_is_asked_before_there_are_answers() -> None:
    assert PREFERENCES.asking().required == ("prompt",)
    assert PREFERENCES.question_roles({"prompt": "q", "chosen": "a", "rejected": "b"}) == {
        "prompt": "q"
    }
    held = PREFERENCES.question_roles({"prompt": "b", "chosen": "b", "rejected": "c"})
    assert held == {"prompt": "prompt"}, "answers that hold their question are not there yet"
    assert PREFERENCES.messages({"prompt": "Late?"}) == [{"role": "user", "content": "Late?"}]


def test_a_record_is_what_trl_calls_conversational_preference() -> None:
    record = PREFERENCES.record({**ROW, "prompt": "Late?"}, "Be kind.")
    assert [turn["content"] for turn in record["prompt"]] == ["Be kind.", "Late?"]
    assert record["rejected"] == [{"role": "assistant", "content": "So what, then?"}]


def test_only_models_that_write_on_can_learn_it_and_length_is_what_is_simple() -> None:
    able = [name for name, family in FAMILIES.items() if family.can_learn(PREFERENCES.name)]
    assert able == [CAUSAL.name]
    assert cheap_for(PREFERENCES) == (LONGER, SHORTER)
    assert in_place_for(PREFERENCES) == ()
    assert LONGER not in cheap_for(task_named("completion"))

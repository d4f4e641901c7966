"""Conversations on the way from a table to examples: what is not learned is told and counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.data.columns.test_mapping import made
from workbench.core.errors import WorkbenchError
from workbench.data.columns.guessing import guess_roles, guess_task
from workbench.data.examples.plan import Plan, plan_from
from workbench.data.examples.prepare import Prepared, prepare
from workbench.data.readers import Table, read_table

GOODS = [f"{what} {size}" for what in ("mug", "lamp", "pen", "bag", "box") for size in "abcd"]


def prepared(table: Table) -> Prepared:
    task = guess_task(table).task
    return prepare(Plan(task, guess_roles(table, task)), table)


def talk(thing: str, **marks: Any) -> list[dict[str, Any]]:
    return [
        {"role": "user", "content": f"Where is the {thing}?"},
        {"role": "assistant", "content": f"Never heard of {thing}.", **marks},
        {"role": "user", "content": "Look again."},
        {"role": "assistant", "content": f"The {thing} is on shelf {len(thing)}."},
    ]


def test_answers_that_are_not_learned_are_counted() -> None:
    cells = [json.dumps(talk(thing, weight=int(i > 4))) for i, thing in enumerate(GOODS)]

    found = prepared(made(messages=cells))

    note = "5 answers in 5 rows are read, not learned (weight 0)."
    assert found.report["notes"] == [note]
    assert found.report["remarks"] == [note]
    kept = [json.loads(text) for text in found.data["messages"].to_pylist()]
    assert sum(turn.get("learn") is False for turns in kept for turn in turns) == 5


def test_without_such_marks_the_examples_are_as_they_always_were() -> None:
    cells = [json.dumps(talk(thing)) for thing in GOODS]
    found = prepared(made(messages=cells))
    assert found.data["messages"].to_pylist() == cells
    assert found.report["remarks"] == []


def test_answers_that_are_marked_as_bad_are_left_out_and_told() -> None:
    table = made(
        prompt=[f"Where is the {thing}?" for thing in GOODS],
        completion=[f"You will find the {thing} on a shelf." for thing in GOODS],
        label=["false" if i % 4 == 0 else "true" for i in range(len(GOODS))],
    )

    found = prepared(table)

    assert found.plan.roles["feedback"] == "label"
    assert (len(found), found.dropped) == (15, 5)
    assert found.report["dropped"]["marked as a bad answer"]["count"] == 5
    assert found.report["unused"]["columns"] == {}
    assert found.data.column_names == ["row_id", "split", "prompt", "response"]
    assert "5 answers are marked as bad by 'label'" in found.report["notes"][0]


def test_a_column_of_categories_is_no_feedback() -> None:
    table = made(
        prompt=[f"Where is the {thing}?" for thing in GOODS],
        completion=[f"You will find the {thing} on a shelf." for thing in GOODS],
        label=["urgent" if i % 4 == 0 else "later" for i in range(len(GOODS))],
    )
    found = prepared(table)
    assert "feedback" not in found.plan.roles
    assert found.report["unused"]["columns"] == {"label": 20}


def test_an_exam_file_needs_no_feedback() -> None:
    asked = [f"Where is the {thing}?" for thing in GOODS]
    told = [f"You will find the {thing} on a shelf." for thing in GOODS]
    table = made(prompt=asked, completion=told, label=["true", "false"] * 10)
    exam = made(prompt=["Where is the cup?"], completion=["On the table over there."])
    plan = Plan("completion", guess_roles(table, "completion"))

    assert prepare(plan, table, exam).splits["test"] == 1


def test_of_preferences_the_chosen_is_taught_and_the_rejected_never() -> None:
    dialogues = [
        f"\\n\\nHuman: Where is the {t}?\\n\\nAssistant:".replace("\\n", "\n") for t in GOODS
    ]
    table = made(
        rejected=[f"{asked} Go away." for asked in dialogues],
        chosen=[f"{asked} Here." for asked in dialogues],
    )

    found = prepared(table)

    assert found.plan.roles == {"messages": "chosen"}
    assert "Go away" not in str(found.data["messages"].to_pylist())
    assert found.report["unused"]["columns"] == {"rejected": 20}


def test_chosen_and_rejected_turns_follow_the_turns_of_the_question() -> None:
    table = made(
        conversations=[json.dumps([{"from": "human", "value": f"The {t}?"}]) for t in GOODS],
        chosen=[json.dumps({"from": "gpt", "value": f"The {t} is here."}) for t in GOODS],
        rejected=[json.dumps({"from": "gpt", "value": "Go away."}) for t in GOODS],
    )
    found = prepared(table)
    assert found.plan.roles == {"messages": "{conversations}{chosen}"}
    assert "Go away" not in str(found.data["messages"].to_pylist())


def test_a_begun_prompt_is_finished_by_its_completion() -> None:
    table = made(
        prompt=[f"<|im_start|>user\nThe {t}?<|im_end|>\n<|im_start|>assistant\n" for t in GOODS],
        completion=[f"The {t} is on the shelf.<|im_end|>" for t in GOODS],
    )
    found = prepared(table)
    assert json.loads(found.data["messages"][0].as_py()) == [
        {"role": "user", "content": "The mug a?"},
        {"role": "assistant", "content": "The mug a is on the shelf."},
    ]


def test_texts_of_finished_prompts_are_conversations_if_nearly_all_are() -> None:
    finished = [f"### Human: Where is the {t}?### Assistant: Here." for t in GOODS]
    table = made(text=finished)
    assert guess_task(table).task == "chat"
    assert "marks between the turns are taken off" in prepared(table).report["remarks"][0]

    mixed = made(text=finished[:15] + [f"An article about a {t} and its use." for t in GOODS[15:]])
    assert guess_task(mixed).task == "language-modelling"
    assert "About 75.0 % of the texts are finished prompts" in prepared(mixed).report["remarks"][0]


def test_transcripts_that_are_sorted_or_summed_up_stay_texts() -> None:
    said = [f"Customer: where is my {t}?\nAgent: on its way to you, by van." for t in GOODS]
    sorted_ = made(transcript=said, category=["late", "lost"] * 10)
    assert guess_task(sorted_).task == "classification"
    summed = made(transcript=said, summary=[f"Somebody asks about a {t} by mail." for t in GOODS])
    assert guess_task(summed).task == "completion"


def test_tools_are_named_before_the_conversation() -> None:
    tools = json.dumps([{"type": "function", "function": {"name": "track"}}])
    table = made(tools=[tools] * 20, messages=[json.dumps(talk(thing)) for thing in GOODS])
    found = prepared(table)
    assert found.plan.roles == {"messages": "{tools}{messages}"}
    assert json.loads(found.data["messages"][0].as_py())[0]["content"].endswith("- track()")


def test_when_every_answer_is_bad_the_refusal_says_so() -> None:
    table = made(
        prompt=[f"Where is the {thing}?" for thing in GOODS],
        completion=[f"You will find the {thing} on a shelf." for thing in GOODS],
        thumbs=["down"] * 20,
    )
    with pytest.raises(WorkbenchError, match="20 × marked as a bad answer"):
        prepared(table)


def test_reasoning_is_learned_only_if_that_is_wanted() -> None:
    turns = [
        [
            {"role": "user", "content": f"Where is the {thing}?"},
            {"role": "assistant", "reasoning_content": "Hm.", "content": "Here."},
        ]
        for thing in GOODS
    ]
    table = made(messages=list(map(json.dumps, turns)))
    without = prepared(table)
    assert json.loads(without.data["messages"][0].as_py())[1]["content"] == "Here."
    assert without.report["unused"]["parts"] == {"reasoning_content": 20}
    assert "it is not learned" in without.report["remarks"][0]

    plan = Plan("chat", {"messages": "messages"}, reasoning=True)
    learned = prepare(plan, table)
    answer = json.loads(learned.data["messages"][0].as_py())[1]["content"]
    assert answer == "<think>\nHm.\n</think>\n\nHere."
    assert learned.report["unused"]["parts"] == {}
    assert "learned as <think> text" in learned.report["remarks"][0]
    assert plan_from("chat", learned.plan.as_mapping()).reasoning


def test_reasoning_in_the_text_of_an_answer_goes_too() -> None:
    table = made(
        prompt=[f"Where is the {thing}?" for thing in GOODS],
        completion=[f"<think>Perhaps there.</think>\n\nThe {thing} is here." for thing in GOODS],
    )
    assert prepared(table).data["response"][0].as_py() == "The mug a is here."
    plan = Plan("completion", guess_roles(table, "completion"), reasoning=True)
    assert prepare(plan, table).data["response"][0].as_py().startswith("<think>Perhaps")


def test_an_answer_that_is_nothing_but_reasoning_is_left_out_by_name() -> None:
    told = ["<think>Hm.</think>" if i == 3 else f"On shelf number {i}." for i in range(20)]
    table = made(prompt=[f"Where is the {thing}?" for thing in GOODS], completion=told)
    assert "answer that is nothing but reasoning" in prepared(table).report["dropped"]


def test_openais_preferences_follow_on_their_input() -> None:
    told = {"preferred_output": "Here.", "non_preferred_output": "Go away."}
    table = made(
        input=[json.dumps({"messages": [{"role": "user", "content": f"The {t}?"}]}) for t in GOODS],
        **{
            name: [json.dumps([{"role": "assistant", "content": text}])] * 20
            for name, text in told.items()
        },
    )
    found = prepared(table)
    assert found.plan.roles == {"messages": "{input}{preferred_output}"}
    assert found.report["unused"]["columns"] == {"non_preferred_output": 20}


def test_rows_that_are_put_together_are_all_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "turns.csv"
    lines = [
        f"{talk},{('user', 'assistant')[place]},say {talk} {place}"
        for talk in range(15)
        for place in (0, 1)
    ]
    path.write_text("\n".join(["conversation_id,role,content", *lines]))
    report = prepared(read_table(path)).report
    assert (report["rows_read"], report["put_together"]) == (30, 15)

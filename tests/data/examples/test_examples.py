"""From rows to examples: conversations, fields, and rows that cannot be used."""

import json

import pytest

from tests.data.columns.test_mapping import made
from workbench.core.canonical import Unreadable, fields_json, messages_json
from workbench.core.tasks import TASKS
from workbench.data.examples.examples import DUPLICATE, examples_of


def test_empty_and_repeated_rows_are_left_out_with_their_numbers() -> None:
    table = made(mail=["a", " ", "b", "a", None, "b"], reply=["x", "y", None, "x", "z", "another"])

    examples = examples_of(table, TASKS["completion"], {"prompt": "mail", "response": "reply"})

    assert examples.row_ids == [2, 7]
    assert examples.dropped == {
        "empty 'mail'": [3, 6],
        "empty 'reply'": [4],
        DUPLICATE: [5],
    }


def test_the_error_of_a_formula_is_no_category() -> None:
    table = made(t=["one", "two", "three", "four"], c=["a", "#N/A", "#BEZUG!", "#1"])

    examples = examples_of(table, TASKS["classification"], {"text": "t", "label": "c"})

    assert examples.row_ids == [2, 5]
    assert examples.dropped == {"a formula's error (#N/A) in place of the category": [3, 4]}


def test_outer_spaces_go_and_inner_ones_stay() -> None:
    table = made(t=["  two\n\nlines  "], c=[" a   b "])

    examples = examples_of(table, TASKS["classification"], {"text": "t", "label": "c"})

    assert examples.row(0) == {"text": "two\n\nlines", "label": "a b"}


def test_rows_that_differ_in_spaces_only_are_no_exact_duplicates() -> None:
    table = made(t=["one", "one "], c=["a", "a"])

    examples = examples_of(table, TASKS["classification"], {"text": "t", "label": "c"})

    assert len(examples) == 2


OPENAI = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
]
SHAREGPT = [
    {"from": "system", "value": "Be kind."},
    {"from": "human", "value": "Hi"},
    {"from": "gpt", "value": "Hello"},
]


@pytest.mark.parametrize(
    "cell",
    [
        json.dumps(OPENAI),
        json.dumps(SHAREGPT),
        json.dumps({"conversations": SHAREGPT}),
        str(OPENAI),
        json.dumps([*OPENAI, {"role": "user", "content": "Bye"}]),
        json.dumps(
            [
                *OPENAI[:1],
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {"role": "assistant", "content": "Hello"},
                {"role": "assistant", "content": ""},
            ]
        ),
    ],
)
def test_conversations_of_every_usual_form_become_one(cell: str) -> None:
    assert json.loads(messages_json(cell)) == OPENAI


def test_turns_by_the_same_speaker_become_one() -> None:
    cell = json.dumps([OPENAI[1], OPENAI[1], OPENAI[2]])

    assert json.loads(messages_json(cell))[0]["content"] == "Hi\n\nHi"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("Hello", "not a list of turns"),
        ("[]", "not a list of turns"),
        ('[{"role": "user", "content": "Hi"}]', "without an answer"),
        ('[{"role": "assistant", "content": "Hi"}]', "without a question"),
        ('[{"role": "tool", "content": "Hi"}]', "without an answer"),
        ('[{"role": "narrator", "content": "Hi"}]', "turn by 'narrator'"),
        ('[{"content": "Hi"}]', "turn that does not say who speaks"),
        ('[{"role": "user", "content": [{"type": "image"}]}]', "turn with a picture"),
        ('["a"]', "not a list of turns"),
    ],
)
def test_what_is_no_conversation_says_why(cell: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        messages_json(cell)


def test_a_conversation_to_be_answered_ends_with_its_question() -> None:
    turns = json.loads(messages_json(json.dumps(OPENAI), answers=False))

    assert [turn["role"] for turn in turns] == ["system", "user"]


def test_fields_must_be_one_object() -> None:
    assert fields_json("{'total': '9.00', 'Süß': None}") == '{"total": "9.00", "Süß": null}'
    for cell in ("[1]", "text", "{1: {2}}"):
        with pytest.raises(Unreadable):
            fields_json(cell)


def test_rows_without_readable_fields_are_left_out() -> None:
    table = made(t=["a", "b"], f=['{"x": 1}', "none"])

    examples = examples_of(table, TASKS["extraction"], {"text": "t", "response": "f"})

    assert examples.row_ids == [2]
    assert examples.dropped == {"answer that is not a JSON object": [3]}


def test_without_answers_only_questions_are_read() -> None:
    table = made(t=["a", "a"], c=[None, None])

    examples = examples_of(
        table,
        TASKS["classification"],
        {"text": "t", "label": "c"},
        answers=False,
        duplicates=True,
    )

    assert examples.values == {"text": ["a", "a"]}
    assert TASKS["classification"].asking().required == ("text",)
    assert TASKS["chat"].asking().required == ("messages",)

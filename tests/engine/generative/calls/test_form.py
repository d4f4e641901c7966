"""A call is whole and of a known tool, whatever a model would like to write in it."""

import random
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer

from tests.helpers.tiny import make_base
from workbench.core.chats.calls import introduced
from workbench.core.tools.grammar import FORBIDDEN, FREE, FREE_ONCE, MUST_ONCE
from workbench.core.tools.pieces import CALL, OPENS, calls_in
from workbench.core.tools.tool import Input, Tool, Tools
from workbench.engine.generative.calls.constraint import CallsConstraint, form_of
from workbench.engine.generative.calls.form import CallForm, call_form, tools_for
from workbench.engine.generative.fields.vocabulary import Vocabulary, vocabulary
from workbench.engine.generative.fields.writing import free
from workbench.engine.generative.held import choices, told_of
from workbench.engine.serving.choosing.json_constraint import UnusableForm
from workbench.engine.serving.choosing.together import Together

ROOM = Tool(
    "room",
    (
        Input("floor", {"type": ["number"]}, True),
        Input("who", {"type": ["string"]}),
        Input("tags", {"type": "array", "items": {"enum": ["a", "b"]}}, True),
    ),
)
MANY = Tool("many", tuple(Input(f"n{number}", {"type": "boolean"}) for number in range(9)))
TOOLS: Tools = (ROOM, MANY, Tool('b"ll é'), Tool("open", is_open=True))


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return AutoTokenizer.from_pretrained(make_base(tmp_path_factory.mktemp("tiny") / "base"))


@pytest.fixture(scope="module")
def words(tokenizer: Any) -> Vocabulary:
    return vocabulary(tokenizer, [tokenizer.eos_token_id])


@pytest.fixture(scope="module")
def ends(tokenizer: Any) -> frozenset[int]:
    return frozenset({tokenizer.eos_token_id})


class Model:
    """Tells how many scores it gives."""

    class config:
        @staticmethod
        def get_text_config() -> Any:
            class Text:
                vocab_size = 8

            return Text


def _constraint(words: Vocabulary, ends: frozenset[int], tools: Tools, how: str) -> CallsConstraint:
    return CallsConstraint(
        words.words, words.words.vocab_size, form_of(words.words, tools, how), ends
    )


def _goes_on(constraint: CallsConstraint, words: Vocabulary, text: str) -> str:
    """How much of a text the form lets through; what is forced comes in tokens of the form's choice."""
    rest = text.encode()
    while rest:
        fitting = [
            token
            for token in constraint.mask().nonzero().flatten().tolist()
            if words.raw(token) and rest.startswith(words.raw(token))
        ]
        if not fitting:
            break
        token = max(fitting, key=lambda token: len(words.raw(token)))
        constraint.accept(token)
        rest = rest[len(words.raw(token)) :]
    return text.encode()[: len(text.encode()) - len(rest)].decode()


def _call(name: str, inputs: str) -> str:
    return f'<tool_call>\n{{"name": "{name}", "arguments": {inputs}}}\n</tool_call>'


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Any text < with <tool_ca and é.\n", ""),
        (_call("room", '{"floor": 2, "tags": []}'), ""),
        (_call("room", '{"tags": ["b", "a"], "who": "A \\"é", "floor": -2.5}') + " Yes.", ""),
        ("Look: " + _call("many", '{"n3": true, "n0": false}') + _call("open", '{"x": {}}'), ""),
        (_call("other", "{}"), 'ther", "arguments": {}}\n</tool_call>'),
        (_call("room", '{"floor": 2}'), "}}\n</tool_call>"),
        (_call("room", '{"floor": "2", "tags": []}'), '"2", "tags": []}}\n</tool_call>'),
        (_call("room", '{"floor": 2, "floor": 3}'), 'floor": 3}}\n</tool_call>'),
        (_call("room", '{"tags": ["c"]}'), 'c"]}}\n</tool_call>'),
        (_call("room", '{"age": 1}'), 'age": 1}}\n</tool_call>'),
        ("<tool_call>\nroom()", "room()"),
    ],
)
def test_a_call_keeps_to_its_tool(
    words: Vocabulary, ends: frozenset[int], text: str, left: str
) -> None:
    done = _goes_on(_constraint(words, ends, TOOLS, FREE), words, text)
    assert text[len(done) :] == left


@pytest.mark.parametrize(
    ("how", "text", "done"),
    [
        (MUST_ONCE, "Hello", ""),
        (MUST_ONCE, _call("open", "{}") + "\n", _call("open", "{}")),
        (FREE_ONCE, _call("open", "{}") + "\n", _call("open", "{}")),
        (FREE_ONCE, "Hello", "Hello"),
        (FORBIDDEN, f"a {OPENS}", f"a {OPENS[:-1]}"),
    ],
)
def test_a_request_says_whether_it_calls(
    words: Vocabulary, ends: frozenset[int], how: str, text: str, done: str
) -> None:
    assert _goes_on(_constraint(words, ends, TOOLS, how), words, text) == done


def test_whatever_is_drawn_is_a_call_that_can_be_read(
    words: Vocabulary, ends: frozenset[int]
) -> None:
    draw = random.Random(3)
    for tools in (TOOLS, (), (ROOM,)):
        constraint, text = _constraint(words, ends, tools, MUST_ONCE), b""
        for _ in range(600):
            allowed = constraint.mask().nonzero().flatten().tolist()
            closing = [token for token in allowed if words.raw(token) in (b'"', b"}", b"]")]
            token = draw.choice(closing if closing and draw.random() < 0.5 else allowed)
            constraint.accept(token)
            text += words.raw(token)
            if constraint.is_over:
                break
        (found,) = calls_in(text.decode())
        assert found.kind == CALL, text
        assert not tools or found.name in {tool.name for tool in tools}


def test_a_schema_that_cannot_be_followed_leaves_the_inputs_open(
    words: Vocabulary, ends: frozenset[int]
) -> None:
    odd: Tools = (Tool("odd", parameters={"type": "strin"}), ROOM)
    constraint = _constraint(words, ends, odd, FREE)
    text = _call("odd", '{"x": 1}') + _call("room", '{"floor": "2"}')
    assert _goes_on(constraint, words, text) == text[: text.index('"2"')]
    with pytest.raises(UnusableForm, match="strin"):
        form_of(words.words, odd, MUST_ONCE)


def test_an_answer_that_left_the_form_is_let_go(words: Vocabulary, ends: frozenset[int]) -> None:
    constraint = _constraint(words, ends, TOOLS, MUST_ONCE)
    constraint.accept(words.tokens("x")[0])
    assert bool(constraint.mask().all())
    assert not constraint.is_over
    constraint.accept(min(ends))
    assert constraint.is_over


def test_each_question_has_the_tools_that_it_names(
    tokenizer: Any, words: Vocabulary, ends: frozenset[int]
) -> None:
    def talk(system: str) -> list[dict[str, str]]:
        return [{"role": "system", "content": system}, {"role": "user", "content": "hi"}]

    bell = talk(introduced(["bell()"]))
    form = call_form([bell, talk("")], (ROOM,), True, tokenizer, ends, Model)
    assert form is not None
    for place, own, other in ((0, "bell", "room"), (1, "room", "bell"), (1, "room", "x")):
        for name in (own, other):
            row = form.constraint(9, place)
            assert isinstance(row, CallsConstraint)
            done = _goes_on(row, words, _call(name, ""))
            assert (f'"{name}"' in done) is (name == own)
    assert tools_for(talk("Be brief."), (ROOM,), calls=False) is None
    assert call_form([talk("")], (), False, tokenizer, ends, Model) is None
    with free():
        assert call_form([bell], (), True, tokenizer, ends, Model) is None


def test_rows_that_are_over_wait_for_the_others(
    tokenizer: Any, words: Vocabulary, ends: frozenset[int]
) -> None:
    form = CallForm([(ROOM,), None], tokenizer, ends, Model)
    chosen = choices(form, [0, 1], 9)
    together = Together(chosen, min(ends))
    width, end = words.words.vocab_size, min(ends)
    scores = together.scored(torch.zeros(2, width))
    assert bool((scores[1] == 0).all()), "held to no form"
    assert together.took([end, words.tokens("a")[0]]) == [True, False]
    scores = together.scored(torch.zeros(2, width))
    assert scores[0].isfinite().nonzero().flatten().tolist() == [end]
    assert [told_of(choice).cut for choice in chosen] == [[], []]

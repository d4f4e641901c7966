"""Answers keep to the form that is asked for, however little the model knows of it."""

import json
from typing import Any

import openai
import pytest
from openai import OpenAI
from transformers import PreTrainedTokenizerFast

HELLO: Any = [{"role": "user", "content": "Where is my parcel?"}]
ORDER = {
    "type": "object",
    "properties": {
        "item": {"enum": ["pen", "kettle"]},
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
        "gift": {"type": "boolean"},
        "marks": {"type": "array", "items": {"enum": ["é", "🙂"]}, "minItems": 1, "maxItems": 2},
    },
    "required": ["item", "count", "gift", "marks"],
    "additionalProperties": False,
}


def schema(of: dict[str, Any], **more: Any) -> Any:
    return {"type": "json_schema", "json_schema": {"name": "order", "schema": of, **more}}


def asked(client: OpenAI, form: Any, **settings: Any) -> Any:
    settings = {"max_tokens": 150, **settings}
    return client.chat.completions.create(
        model="run-1", messages=HELLO, response_format=form, **settings
    )


@pytest.mark.parametrize("settings", [{}, {"temperature": 2, "seed": 1}, {"temperature": 2}])
def test_an_answer_keeps_to_its_schema(client: OpenAI, settings: dict[str, Any]) -> None:
    reply = asked(client, schema(ORDER, strict=True), n=3, **settings)
    for choice in reply.choices:
        assert choice.finish_reason == "stop"
        order = json.loads(choice.message.content)
        assert set(order) == {"item", "count", "gift", "marks"}
        assert order["item"] in ("pen", "kettle")
        assert 1 <= order["count"] <= 9
        assert type(order["gift"]) is bool
        assert set(order["marks"]) <= {"é", "🙂"}


def test_a_streamed_answer_keeps_to_it_too(client: OpenAI) -> None:
    chunks = asked(client, schema(ORDER), stream=True)
    text = "".join(c.choices[0].delta.content or "" for c in chunks)
    assert json.loads(text) == json.loads(asked(client, schema(ORDER)).choices[0].message.content)


def test_any_object_is_an_object_or_says_that_it_was_cut(client: OpenAI) -> None:
    ended = 0
    for seed in range(6):
        (choice,) = asked(
            client, {"type": "json_object"}, temperature=1.5, seed=seed, max_tokens=60
        ).choices
        assert choice.message.content.startswith("{")
        if choice.finish_reason == "stop":
            ended += 1
            assert isinstance(json.loads(choice.message.content), dict)
        else:
            assert choice.finish_reason == "length"
    assert asked(client, {"type": "text"}, max_tokens=5).choices[0].finish_reason == "length"


def test_what_ends_by_its_end_mark_alone_ends(client: OpenAI) -> None:
    (choice,) = asked(client, schema({"type": "integer"}), logit_bias={"1": 50}).choices
    assert choice.finish_reason == "stop"
    assert isinstance(json.loads(choice.message.content), int)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"type": "strin"}, "Invalid type"),
        ({"if": {}}, "Unimplemented keys"),
        ({"$ref": "#/nowhere"}, "does not exist"),
        ({"type": "string", "pattern": "("}, "regex"),
        ({"type": "object", "properties": {"a": 1}}, "cannot be kept to"),
    ],
    ids=str,
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_schema_that_cannot_be_kept_to_is_refused_with_the_reason(
    client: OpenAI, wrong: dict[str, Any], reason: str, stream: bool
) -> None:
    with pytest.raises(openai.BadRequestError, match=reason) as caught:
        asked(client, schema(wrong), stream=stream)
    assert caught.value.param == "response_format"


def test_a_tokenizer_that_hides_its_tokens_is_refused(
    client: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other:
        """No tokenizer that is known."""

    monkeypatch.setattr(
        "workbench.engine.serving.choosing.json_constraint.PreTrainedTokenizerFast", Other
    )
    assert PreTrainedTokenizerFast is not Other
    with pytest.raises(openai.BadRequestError, match="tokenizer does not tell its tokens"):
        asked(client, {"type": "json_object"})

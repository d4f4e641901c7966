"""Conversations cut by their shape: the very pieces that rendering each of them gives."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from workbench.core.errors import WorkbenchError
from workbench.core.messages import PROBE, segments
from workbench.core.shapes import conversation_shapes
from workbench.core.shapes.conversation_shapes import Segmenter, shape_of
from workbench.core.templates.chat_template import ChatTemplate
from workbench.models.chat_forms import PLAIN
from workbench.models.templates import in_form

LOOP = "{% for m in messages %}"
ASK = "{% endfor %}{% if add_generation_prompt %}<a>{% endif %}"
TURN = "{{ '<' + m['role'][0] + '>' }}"

SAME_FOR_ALL = {
    "joins": LOOP + TURN + "{{ m['content'] + '<e>\n' }}" + ASK,
    "tilde": LOOP + TURN + "{{ m.content ~ '<e>' }}" + ASK,
    "trims": LOOP + TURN + "{{ m['content'] | trim + '<e>' }}" + ASK,
    "sets": LOOP + "{% set c = bos_token + m.content.strip() %}" + TURN + "{{ c }}<e>" + ASK,
    "gets": LOOP + TURN + "{% if m.get('tools') is none %}{{ m.get('content') }}{% endif %}<e>" + ASK,
    "first": "{% if messages[0].role != 'system' %}You are kind.{% endif %}"
    + LOOP + TURN + "{{ m.content }}<e>" + ASK,
    "types": LOOP + TURN + "{% if m.content is string %}{{ m.content }}{% endif %}<e>" + ASK,
    "not empty": LOOP + TURN + "{% if m.content %}{{ m.content }}{% endif %}<e>" + ASK,
    "a thought": LOOP + TURN + "{% if '</think>' in m.content %}{{ m.content.split('</think>')[-1] }}"
    "{% elif m.content.startswith('!') or m.content == '?' %}odd{% else %}{{ m.content }}{% endif %}"
    "<e>" + ASK,
    "a system turn refused": "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}"
    "{% endif %}" + LOOP + TURN + "{{ m.content }}<e>" + ASK,
}  # fmt: skip
NOT_THE_SAME = {
    "length": LOOP + TURN + "{{ m.content | length }}{{ m.content }}<e>" + ASK,
    "upper": LOOP + TURN + "{{ m.content | upper }}<e>" + ASK,
    "replace": LOOP + TURN + "{{ m.content.replace('a', 'b') }}<e>" + ASK,
    "first letter": LOOP + TURN + "{{ m.content[0] }}{{ m.content }}<e>" + ASK,
    "slice": LOOP + TURN + "{{ m.content[:4] }}{{ m.content }}<e>" + ASK,
    "asked of a text": LOOP + TURN + "{% if m.content in 'banana' %}fruit{% endif %}{{ m.content }}"
    "<e>" + ASK,
    "trimmed, asked of a text": LOOP + TURN + "{% if m.content | trim in 'banana' %}fruit{% endif %}"
    "{{ m.content }}<e>" + ASK,
    "asked of a list": LOOP + TURN + "{% if m.content in ['a', 'b'] %}x{% endif %}{{ m.content }}<e>"
    + ASK,
    "letters": LOOP + TURN + "{% for c in m.content %}{{ c }}{% endfor %}<e>" + ASK,
    "a block": LOOP + "{% set c %}{{ m.content }}{% endset %}{% if c | length > 3 %}long{% endif %}"
    + TURN + "{{ m.content }}<e>" + ASK,
    "a block, compared": LOOP + "{% set c %}{{ m.content }}{% endset %}{% if c == 'pen' %}x{% endif %}"
    + TURN + "{{ m.content }}<e>" + ASK,
    "a macro": "{% macro w(c) %}{{ c }}{% endmacro %}" + LOOP + TURN + "{{ w(m.content) }}<e>" + ASK,
    "compared": LOOP + TURN + "{% if m.content < 'b' %}x{% endif %}{{ m.content }}<e>" + ASK,
    "times": LOOP + TURN + "{{ m.content * 2 }}<e>" + ASK,
    "formatted": LOOP + TURN + "{{ '%s' % m.content }}<e>" + ASK,
    "a list": LOOP + "{% set l = [m.content] %}{{ l | join('') }}<e>" + ASK,
    "selected": LOOP + TURN + "{{ messages | selectattr('content', 'in', 'abc') | list | length }}"
    "{{ m.content }}<e>" + ASK,
    "a namespace": "{% set n = namespace(c='') %}" + LOOP + "{% set n.c = n.c + m.content %}" + TURN
    + "{{ m.content }}{{ n.c | length }}<e>" + ASK,
    "a key": "{% set words = {'a': 'b'} %}" + LOOP + TURN + "{{ words[m.content] }}{{ m.content }}<e>"
    + ASK,
    "a test for a sequence": LOOP + TURN + "{% if m.content is sequence %}{{ m.content }}{% endif %}"
    "<e>" + ASK,
}  # fmt: skip
ROLES = (
    ("user", "assistant"),
    ("system", "user", "assistant"),
    ("user", "assistant", "user", "assistant", "user"),
)
CONTENTS = (
    "pen",
    " a ",
    "",
    "  ",
    "banana",
    "ab</think>c",
    "!",
    "?",
    "<e>",
    f"x{PROBE}",
    "\ue0100\ue011",
    "a",
)


def template(source: str) -> ChatTemplate:
    return ChatTemplate(source, {"bos_token": "<s>"})


def conversation(roles: Sequence[str], contents: Sequence[str]) -> list[dict[str, str]]:
    return [{"role": r, "content": c} for r, c in zip(roles, contents, strict=True)]


@pytest.mark.parametrize("roles", ROLES)
@pytest.mark.parametrize("name", SAME_FOR_ALL)
def test_a_template_that_only_writes_turns_has_a_shape(name: str, roles: Sequence[str]) -> None:
    assert shape_of(roles, template(SAME_FOR_ALL[name])) is not None


@pytest.mark.parametrize("name", NOT_THE_SAME)
def test_a_template_that_looks_into_turns_has_none(name: str) -> None:
    assert shape_of(ROLES[0], template(NOT_THE_SAME[name])) is None


@pytest.mark.parametrize("name", [*SAME_FOR_ALL, *NOT_THE_SAME])
@settings(max_examples=25)
@given(
    conversations=some.lists(
        some.sampled_from(ROLES).flatmap(
            lambda roles: some.tuples(*(some.sampled_from(CONTENTS) for _ in roles)).map(
                lambda contents: conversation(roles, contents)
            )
        ),
        max_size=4,
    )
)
def test_the_pieces_are_those_of_a_rendering(
    name: str, conversations: list[list[dict[str, str]]]
) -> None:
    own = template({**SAME_FOR_ALL, **NOT_THE_SAME}[name])
    cut = Segmenter(own)
    for messages in conversations:
        assert outcome(cut, messages) == outcome(lambda m: segments(m, own), messages)


def outcome(cut: object, messages: object) -> object:
    try:
        return cut(messages)  # type: ignore[operator]
    except WorkbenchError as error:
        return str(error)


def test_the_second_conversation_of_a_shape_is_not_rendered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cut = Segmenter(in_form(PLAIN))
    first = cut(conversation(ROLES[0], ("One?", "Two.")))
    monkeypatch.setattr(conversation_shapes, "segments", lambda *_: pytest.fail("rendered"))
    second = cut(conversation(ROLES[0], ("Three?", "Four.")))
    assert [piece.learned for piece in second] == [piece.learned for piece in first]
    assert "".join(p.text for p in second) == "### User:\nThree?\n\n### Assistant:\nFour.\n\n"


def test_a_shape_that_does_not_give_what_a_rendering_gives_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = shape_of(ROLES[0], template(SAME_FOR_ALL["joins"]))
    monkeypatch.setattr(conversation_shapes, "shape_of", lambda *_: wrong)
    cut = Segmenter(in_form(PLAIN))
    for contents in (("One?", "Two."), ("Three?", "Four.")):
        messages = conversation(ROLES[0], contents)
        assert cut(messages) == segments(messages, in_form(PLAIN))


def test_a_turn_with_more_than_a_content_is_rendered() -> None:
    source = LOOP + TURN + "{{ m.content }}{{ m.name }}<e>" + ASK
    cut = Segmenter(template(source))
    plain = conversation(ROLES[0], ("One?", "Two."))
    cut(plain)
    named = [{**message, "name": "Ann"} for message in plain]
    assert cut(named) == segments(named, template(source))


def test_a_conversation_that_is_refused_is_refused_as_ever() -> None:
    source = (
        "{% if messages | length > 2 %}{{ raise_exception('too long') }}{% endif %}"
        + (SAME_FOR_ALL["joins"])
    )
    with pytest.raises(WorkbenchError, match="too long"):
        Segmenter(template(source))(conversation(ROLES[2], ("1", "2", "3", "4", "5")))
    with pytest.raises(WorkbenchError, match="no answer to learn from"):
        Segmenter(template(source))(conversation(("user",), ("1",)))


THINKING = ChatTemplate(
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}"
    "{% if m.role == 'assistant' and loop.last %}{{ '<think>\n\n</think>\n\n' }}{% endif %}"
    "{{ m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""As Qwen 3: an empty thought before the last answer."""


def test_thoughts_before_the_last_answer_alone_do_not_hinder() -> None:
    roles = ["user", "assistant", "user", "assistant"]
    shape = shape_of(roles, THINKING)
    assert shape is not None
    for texts in (("1?", "2.", "3?", "4."), ("1?", "<think>\n\n</think>\n\n2.", "3?", "4.")):
        turns = [{"role": r, "content": t} for r, t in zip(roles, texts, strict=True)]
        assert Segmenter(THINKING)(turns) == segments(turns, THINKING)
    assert shape.filled(["1?", "2.", "3?", "4."]) is not None
    assert shape.filled(["1?", "<think>", "3?", "4."]) is None  # that has to be rendered


def test_a_call_beside_a_turn_asks_nothing_of_the_turn() -> None:
    template = ChatTemplate(
        "{% for m in messages %}{% set said = m.content %}{% set thought = '' %}"
        "{{ '<' + m.role + '>' + thought.strip('\n') + said.lstrip('\n') + '</s>' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}"
    )
    assert shape_of(["user", "assistant"], template) is not None

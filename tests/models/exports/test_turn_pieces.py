"""Chat templates taken apart: what is written around turns, and what cannot be said so."""

import pytest

from workbench.core.messages import render_prompt
from workbench.core.templates.chat_template import ChatTemplate
from workbench.models.chat_forms import FORMS, LLAMA_2, PHI, PLAIN, Form
from workbench.models.exports.turn_pieces import conversations, pieces_of

TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}


@pytest.mark.parametrize("form", [*FORMS, PLAIN, PHI], ids=lambda form: form.title)
def test_every_form_is_taken_apart_and_put_together_again(form: Form) -> None:
    template = ChatTemplate(form.source, TOKENS)
    pieces = pieces_of(template)
    assert pieces is not None
    for messages in conversations():
        assert pieces.prompt(messages) == render_prompt(messages, template)


def test_there_are_twenty_conversations_with_and_without_a_system_prompt() -> None:
    found = conversations()
    assert len(found) == 20
    assert sum(turns[0]["role"] == "system" for turns in found) == 10
    assert {turns[-1]["role"] for turns in found} == {"user"}
    assert max(map(len, found)) > 8


def test_a_system_prompt_in_the_first_question_is_found() -> None:
    pieces = pieces_of(ChatTemplate(LLAMA_2.source, TOKENS))
    assert pieces is not None
    assert (pieces.before_system, pieces.after_system) == (
        "<s>[INST] <<SYS>>\n",
        "\n<</SYS>>\n\n",
    )
    assert pieces.head == "<s>[INST] "


@pytest.mark.parametrize(
    "source",
    [
        "{% for m in messages %}{{ m['content'] | upper }}{% endfor %}",
        "{% for m in messages %}{{ loop.index }}: {{ m['content'] }}\n{% endfor %}",
        "{% for m in messages %}{{ m['content'] }}{{ m['content'] | length }}{% endfor %}",
        "no turn at all",
    ],
)
def test_a_template_that_does_more_has_no_pieces(source: str) -> None:
    assert pieces_of(ChatTemplate(source, TOKENS)) is None

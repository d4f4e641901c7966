"""Chat templates as other programs render them."""

import pytest

from workbench.core.messages import render_prompt
from workbench.core.templates.chat_template import ChatTemplate
from workbench.models.chat_forms import CHATML, FORMS, Form
from workbench.models.exports.plain_template import plain_template, sha256_of
from workbench.models.exports.turn_pieces import conversations

TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}
THINKS = (
    CHATML.source
    + "{%- if add_generation_prompt %}{% if enable_thinking is defined and not enable_thinking %}"
    "{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}{%- endif %}"
)
NO_SYSTEM = (
    "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no system') }}"
    "{% endif %}<{{ m['role'] }}>{{ m['content'] }}</>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
ALWAYS_THINKS = CHATML.source + "{%- if add_generation_prompt %}{{ '<think>\\n' }}{%- endif %}"


def rendered(source: str, messages: list[dict[str, str]]) -> str:
    """As a program that knows nothing of ours."""
    template = ChatTemplate(source, TOKENS).compiled()
    return template.render(messages=messages, add_generation_prompt=True, **TOKENS)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.title)
def test_forms_are_left_as_they_are(form: Form) -> None:
    assert plain_template(ChatTemplate(form.source, TOKENS)) == form.source


@pytest.mark.parametrize("source", [THINKS, NO_SYSTEM, ALWAYS_THINKS])
def test_what_our_rendering_adds_is_put_into_the_template(source: str) -> None:
    template = ChatTemplate(source, TOKENS)
    found = plain_template(template)
    assert found is not None
    assert found != source
    for messages in conversations():
        assert rendered(found, messages) == render_prompt(messages, template)


def test_what_cannot_be_said_is_none() -> None:
    source = (
        "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('') }}{% endif %}"
    )
    source += "{{ m['content'] | upper }}{% endfor %}"
    assert plain_template(ChatTemplate(source, TOKENS)) is None


def test_a_template_is_known_by_its_digest() -> None:
    assert sha256_of("a") != sha256_of("b")
    assert len(sha256_of("a")) == 64

"""Our rendering of chat templates against transformers' own."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from tests.helpers import hostile_templates
from tests.helpers.writers import make_writer
from workbench.core.errors import WorkbenchError
from workbench.core.messages import render_prompt, segments
from workbench.core.templates.chat_template import ChatTemplate
from workbench.models.chat_forms import PLAIN
from workbench.models.templates import in_form, template_of


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama that writes nonsense."""
    return make_writer(tmp_path_factory.mktemp("models") / "writer")


CONVERSATIONS: dict[str, list[tuple[str, str]]] = {
    "one question": [("user", "Where is my parcel?")],
    "with an answer": [("user", "Hi"), ("assistant", "Hello.")],
    "with a system prompt": [("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello.")],
    "several turns": [("user", "1?"), ("assistant", "2."), ("user", "3?"), ("assistant", "4.")],
    "blanks and marks": [("user", '  a\n\n<b> & "c" {{ x }} 日本 🎉 '), ("assistant", "\n ok ")],
}
TEMPLATES = {
    "tojson": "{% for m in messages %}{{ m | tojson }}\n{% endfor %}{{ bos_token }}",
    "loop controls": (
        "{% for m in messages %}{% if loop.index > 2 %}{% break %}{% endif %}"
        "{{ m.role }}: {{ m.content | trim }}\n{% endfor %}"
    ),
    "namespace": (
        "{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}"
        "{{ ns.n }} {{ m['content'] }}{{ eos_token }}\n{% endfor %}"
        "{% if add_generation_prompt %}{{ 'go' }}{% endif %}"
    ),
    "generation": (
        "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}"
        "{% endgeneration %}{% else %}{{ m.content }}\n{% endif %}{% endfor %}"
    ),
    "indented": (
        "{% for m in messages %}\n    {% if m.role == 'user' %}\n  {{ m.content }}\n"
        "    {%- endif %}\n{% endfor %}\n{{ strftime_now('%Y') }} {{ dict(a=1).a }}"
        "{% if tools %}tools{% endif %}{% if documents is none %}!{% endif %}"
    ),
}


def turns(name: str) -> list[dict[str, str]]:
    return [{"role": role, "content": text} for role, text in CONVERSATIONS[name]]


@pytest.fixture(scope="module")
def tokenizer(smol: Path) -> Any:
    return AutoTokenizer.from_pretrained(smol)


def theirs(tokenizer: Any, messages: list[dict[str, str]], prompt: bool) -> str:
    return str(
        tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=prompt)
    )


@pytest.mark.parametrize("prompt", [False, True])
@pytest.mark.parametrize("conversation", CONVERSATIONS)
def test_the_bundled_model_reads_what_transformers_renders(
    smol: Path, tokenizer: Any, conversation: str, prompt: bool
) -> None:
    template = ChatTemplate.load(smol)
    assert template is not None
    rendered = template.render(turns(conversation), add_generation_prompt=prompt)
    assert rendered == theirs(tokenizer, turns(conversation), prompt)


@pytest.mark.parametrize("source", TEMPLATES)
@pytest.mark.parametrize("conversation", CONVERSATIONS)
def test_every_feature_of_templates_renders_alike(
    tmp_path: Path, writer: Path, source: str, conversation: str
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(writer)
    tokenizer.chat_template = TEMPLATES[source]
    tokenizer.save_pretrained(tmp_path)
    template = template_of(tmp_path)
    for prompt in (False, True):
        rendered = template.render(turns(conversation), add_generation_prompt=prompt)
        seen = [dict(turn) for turn in template.seen(turns(conversation))]
        assert rendered == theirs(AutoTokenizer.from_pretrained(tmp_path), seen, prompt)
    if source == "indented":
        assert str(datetime.datetime.now().year) in rendered


def test_the_plain_template_is_kept_with_a_tokenizer(tmp_path: Path, writer: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(writer)
    tokenizer.chat_template = in_form(PLAIN, writer).source
    tokenizer.save_pretrained(tmp_path)
    stored = template_of(tmp_path)
    for name in CONVERSATIONS:
        rendered = theirs(AutoTokenizer.from_pretrained(tmp_path), turns(name), True)
        assert render_prompt(turns(name), stored) == rendered
        assert render_prompt(turns(name), in_form(PLAIN, writer)) == rendered


def test_the_pieces_are_the_text_that_transformers_renders(smol: Path, tokenizer: Any) -> None:
    for name in ("with an answer", "with a system prompt", "several turns", "blanks and marks"):
        pieces = segments(turns(name), template_of(smol))
        assert "".join(piece.text for piece in pieces) == theirs(tokenizer, turns(name), False)


@pytest.mark.parametrize(
    "source",
    [
        "{% for m in messages %}{{ m.role ~ ': ' ~ m.content ~ (1 if loop.last else 2) }}{% endfor %}",
        "{% for m in messages if m.role != 'system' %}{{ loop.length }}{{ m.content }}{% endfor %}",
        "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join('+') }}",
        "{{ messages | map(attribute='role') | list }}{{ messages[1:] | length }}{{ [1, (2, 3)] }}",
        "{% macro say(m) %}[{{ m.content | upper }}]{% endmacro %}"
        "{% for m in messages[::-1] %}{{ say(m) | indent(2) }}{% endfor %}",
        "{% set x %}{% for m in messages %}{{ m.content.split('a')[-1].strip('\n') }}"
        "{% endfor %}{% endset %}{{ x | replace('l', 'L') }}{{ '%s-%05d' | format('a', 7) }}",
        "{% for k, v in messages[0].items() %}{{ k }}={{ v | tojson(indent=2) }}{% endfor %}"
        "{{ {'a': [none, true]} | tojson }}{{ 'a{}b{:>4}'.format(1, 2) }}{{ missing }}",
        "{% if messages[0]['role'] in ['system', 'user'] and 'a' not in missing | default('') %}"
        "{{ 'x' * 3 + '-' * (messages | length) }}{{ 7 // 2 + 7 % 4 - 2 ** 3 }}{% endif %}",
        "{{ '|'.join(messages | map(attribute='role')) }}{{ ', '.join(messages[0].keys()) }}"
        "{{ messages[-1].content.split('a', 1) | last }}{{ (messages | last).content.rstrip() }}",
        "{% for x in [[1, [2]], [3]] recursive %}{{ x if x is number else loop(x) }}{% endfor %}",
    ],
)
def test_limits_change_nothing_in_what_a_template_writes(
    tmp_path: Path, writer: Path, source: str
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(writer)
    tokenizer.chat_template = source
    for name in CONVERSATIONS:
        template = ChatTemplate(source, {})
        seen = [dict(turn) for turn in template.seen(turns(name))]
        assert template.render(turns(name)) == theirs(tokenizer, seen, False)


@pytest.mark.parametrize("name", hostile_templates.ALL)
def test_what_a_template_does_is_told_with_the_name_of_its_model(tmp_path: Path, name: str) -> None:
    (tmp_path / "tokenizer_config.json").write_text("{}")
    hostile_templates.plant(tmp_path, name)
    with pytest.raises(WorkbenchError) as refused:
        template_of(tmp_path, "Parcel writer").render(turns("one question"))
    hostile_templates.check(str(refused.value), "Parcel writer")

"""A model's chat template: how a conversation becomes the one text that the model reads.

Renders as transformers' `apply_chat_template` does (same jinja environment, same special
tokens), without importing it, so that a preview in a page and training cannot differ.
"""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from workbench.core.errors import WorkbenchError

Message = Mapping[str, str]

PLAIN = """\
{{ bos_token }}{% for message in messages %}
{% if message['role'] == 'assistant' %}
{{ '### Assistant:\\n' + message['content'] + eos_token + '\\n\\n' }}
{%- elif message['role'] == 'system' %}
{{ message['content'] + '\\n\\n' }}
{%- else %}
{{ '### User:\\n' + message['content'] + '\\n\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '### Assistant:\\n' }}
{%- endif %}
"""
"""The template of base models that bring none; stored with the tokenizer once it is used."""


@dataclass(frozen=True)
class ChatTemplate:
    """A jinja template and the special tokens that it may write."""

    source: str
    tokens: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, model_path: Path) -> "ChatTemplate | None":
        """The template in a model's or adapter's folder; None if the model has none."""
        config = _read_json(model_path / "tokenizer_config.json")
        source = _source(model_path, config)
        return cls(source, _tokens(model_path, config)) if source else None

    def render(self, messages: Sequence[Message], *, add_generation_prompt: bool = False) -> str:
        """The whole conversation as text.

        A template that knows no system turn gets the system prompt at the head of the first
        user turn.

        Raises:
            WorkbenchError: the template refuses this order of turns.
        """
        try:
            return self._render(messages, add_generation_prompt)
        except jinja2.TemplateError as refusal:
            if messages and messages[0]["role"] == "system" and len(messages) > 1:
                return ChatTemplate.render(
                    self, _folded(messages), add_generation_prompt=add_generation_prompt
                )
            raise WorkbenchError(
                f"The model's chat template does not accept this conversation ({refusal}): "
                "check the order of its turns."
            ) from None

    def _render(self, messages: Sequence[Message], add_generation_prompt: bool) -> str:
        return _compiled(self.source).render(
            messages=[dict(message) for message in messages],
            tools=None,
            documents=None,
            add_generation_prompt=add_generation_prompt,
            **self.tokens,
        )


def default_template(model_path: Path | None = None) -> ChatTemplate:
    """The plain template for a base model without one, with that model's special tokens."""
    tokens = {"bos_token": "", "eos_token": ""}
    if model_path is not None:
        tokens |= _tokens(model_path, _read_json(model_path / "tokenizer_config.json"))
    return ChatTemplate(PLAIN, tokens)


def template_of(model_path: Path) -> ChatTemplate:
    """The template that training and every later use of this model go by."""
    return ChatTemplate.load(model_path) or default_template(model_path)


def _folded(messages: Sequence[Message]) -> list[Message]:
    system, first, *rest = messages
    return [{**first, "content": f"{system['content']}\n\n{first['content']}"}, *rest]


def _read_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text("utf-8"))
    except ValueError:
        raise WorkbenchError(f"{path} is not valid JSON: get the model's files again.") from None
    return value if isinstance(value, dict) else {}


def _source(model_path: Path, config: Mapping[str, Any]) -> str | None:
    file = model_path / "chat_template.jinja"
    if file.is_file():
        return file.read_text("utf-8")
    source = config.get("chat_template") or _read_json(model_path / "chat_template.json").get(
        "chat_template"
    )
    if isinstance(source, list):
        named = {entry["name"]: entry["template"] for entry in source}
        source = named.get("default")
    return source


def _tokens(model_path: Path, config: Mapping[str, Any]) -> dict[str, str]:
    values = {**_read_json(model_path / "special_tokens_map.json"), **config}
    found = {}
    for name, value in values.items():
        text = value.get("content") if isinstance(value, dict) else value
        if name.endswith("_token") and isinstance(text, str):
            found[name] = text
    return found


class _Generation(Extension):
    """Lets `{% generation %}` blocks (marks for training tools) through as what they hold."""

    tags = {"generation"}  # noqa: RUF012 (jinja's own declaration)

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        next(parser.stream)
        return list(parser.parse_statements(("name:endgeneration",), drop_needle=True))


class _Namespace(Namespace):
    """jinja's namespace without underscored names: templates from the net are untrusted."""

    def __init__(*args: Any, **kwargs: Any) -> None:
        self, rest = args[0], args[1:]
        values = dict(*rest, **kwargs)
        for name in values:
            _refuse_underscore(name)
        Namespace.__init__(self, values)

    def __setitem__(self, name: str, value: Any) -> None:
        _refuse_underscore(name)
        super().__setitem__(name, value)


def _refuse_underscore(name: str) -> None:
    if name.startswith("_"):
        raise jinja2.exceptions.SecurityError(f"it sets the private name {name}")


def _raise_exception(message: str) -> None:
    raise jinja2.TemplateError(message)


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )


def _strftime_now(format: str) -> str:
    return datetime.now().strftime(format)


def _dict(*args: Any, **kwargs: Any) -> dict[Any, Any]:
    return dict(*args, **kwargs)


_GLOBALS: dict[str, Callable[..., Any]] = {
    "raise_exception": _raise_exception,
    "strftime_now": _strftime_now,
    "dict": _dict,
    "namespace": _Namespace,
}


@functools.lru_cache(maxsize=32)
def _compiled(source: str) -> jinja2.Template:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    environment.globals.update(_GLOBALS)
    try:
        return environment.from_string(source)
    except jinja2.TemplateSyntaxError as error:
        raise WorkbenchError(
            f"The model's chat template cannot be read (line {error.lineno}: {error.message}): "
            "get the model's files again."
        ) from None

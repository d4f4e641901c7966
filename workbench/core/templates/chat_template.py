"""A model's chat template: how a conversation becomes the one text that the model reads.

Renders as transformers' `apply_chat_template` does (same jinja environment, same special
tokens), without importing it, so that a preview in a page and training cannot differ.
"""

import functools
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.utils import Namespace

from workbench.core.chats.system_turns import SYSTEM, USER, folded, has_system
from workbench.core.errors import WorkbenchError
from workbench.core.templates.budget import TemplateLimit, limited
from workbench.core.templates.rules import before_dict, entries
from workbench.core.templates.sandbox import TemplateSandbox

Message = Mapping[str, str]
_AGAIN = "get this model's files again"
_NEXT = f"Choose another model, or {_AGAIN}"
_log = logging.getLogger(__name__)
_LONGEST_DATE = 200
_MOST_PARTS = 4000
"""Expressions and statements; each takes 10 kB while a template is compiled."""
_LONGEST = 60_000
"""Characters of a template; the longest in use have a third."""
_TOLD = "told by the system"
"""What a system turn says, to see whether a template writes it."""
WITHOUT_THOUGHTS = {"enable_thinking": False, "thinking": False}
"""What templates of models that think before they answer are told: examples hold answers alone."""


@dataclass(frozen=True)
class ChatTemplate:
    """A jinja template and the special tokens that it may write."""

    source: str
    tokens: Mapping[str, str] = field(default_factory=dict)
    model: str = field(default="", compare=False)
    """Whose it is, for what is said of it."""

    @classmethod
    def load(cls, model_path: Path, model: str = "") -> "ChatTemplate | None":
        """The template in a model's or adapter's folder; None if the model has none.

        Raises:
            WorkbenchError: what is there is no template, or cannot be read.
        """
        config = _read_json(model_path / "tokenizer_config.json")
        source = _source(model_path, config, _whose(model))
        return cls(source, special_tokens(model_path), model) if source else None

    def render(self, messages: Sequence[Message], *, add_generation_prompt: bool = False) -> str:
        """The whole conversation as text.

        A template that refuses system turns, or writes nothing of them, gets what they say in the
        user's turns.

        Raises:
            WorkbenchError: the template refuses this order of turns, fails, or works without end.
        """
        whose = _whose(self.model)
        try:
            return self._render(self.seen(messages), add_generation_prompt)
        except WorkbenchError:
            raise
        except TemplateLimit as limit:
            _log.warning("a chat template was stopped: %s", limit)
            raise WorkbenchError(f"{whose} was stopped: {limit}. {_NEXT}.") from None
        except RecursionError:
            _log.warning("a chat template was stopped: it calls itself without end")
            raise WorkbenchError(
                f"{whose} was stopped: it calls itself without end. {_NEXT}."
            ) from None
        except jinja2.TemplateError as refusal:
            if has_system(messages):
                return ChatTemplate.render(
                    self, folded(messages), add_generation_prompt=add_generation_prompt
                )
            raise WorkbenchError(
                f"{whose} does not accept this conversation{_said(refusal)}: check the order of "
                "its turns, or choose another model."
            ) from None
        except Exception as error:
            _log.warning("a chat template failed", exc_info=True)
            raise WorkbenchError(
                f"{whose} fails on this conversation ({type(error).__name__}). {_NEXT}."
            ) from None

    def seen(self, messages: Sequence[Message]) -> Sequence[Message]:
        """The turns in roles of which the template writes something."""
        if not has_system(messages):
            return messages
        first = _first_hidden(self.source, tuple(self.tokens.items()))
        return messages if first is None else folded(messages, first)

    @property
    def hides_system(self) -> bool:
        """Whether it refuses system turns, or writes nothing of them."""
        turns = [{"role": SYSTEM, "content": _TOLD}, {"role": USER, "content": "?"}]
        try:
            return _TOLD not in self._render(turns, add_generation_prompt=True).lower()
        except Exception:
            return True

    def _render(self, messages: Sequence[Message], add_generation_prompt: bool) -> str:
        template = self.compiled()
        with limited(messages) as budget:
            pieces = []
            for piece in template.generate(
                messages=[dict(message) for message in messages],
                tools=None,
                documents=None,
                add_generation_prompt=add_generation_prompt,
                **WITHOUT_THOUGHTS,
                **self.tokens,
            ):
                budget.written(len(piece))
                pieces.append(piece)
        return "".join(pieces)

    def compiled(
        self, sandbox: Callable[..., TemplateSandbox] = TemplateSandbox
    ) -> jinja2.Template:
        """The template, in a sandbox of this kind.

        Raises:
            WorkbenchError: it cannot be read.
        """
        whose = _whose(self.model)
        if len(self.source) > _LONGEST:
            raise WorkbenchError(f"{whose} is longer than {_LONGEST:,} characters. {_NEXT}.")
        if self.source.count("{{") + self.source.count("{%") > _MOST_PARTS:
            raise WorkbenchError(f"{whose} has more than {_MOST_PARTS:,} parts. {_NEXT}.")
        try:
            return _compile(self.source, sandbox)
        except jinja2.TemplateSyntaxError as error:
            raise WorkbenchError(
                f"{whose} cannot be read (line {error.lineno}{_said(error)}). {_NEXT}."
            ) from None
        except Exception as error:
            _log.warning("a chat template cannot be read", exc_info=True)
            raise WorkbenchError(
                f"{whose} cannot be read ({type(error).__name__}). {_NEXT}."
            ) from None


@functools.lru_cache(maxsize=64)
def _first_hidden(source: str, tokens: tuple[tuple[str, str], ...]) -> int | None:
    """From which turn on system turns leave no trace in the text; None if all of them do."""
    template = ChatTemplate(source, dict(tokens))
    talk = [{"role": USER, "content": "?"}, {"role": "assistant", "content": "!"}]
    told, asked = {"role": SYSTEM, "content": _TOLD}, {"role": USER, "content": "?"}
    for first, turns in ((0, [told, asked]), (1, [*talk, told, asked])):
        try:
            text = template._render(turns, add_generation_prompt=True)
        except Exception:  # one that refuses the turn says so when it is rendered
            continue
        if _TOLD not in text.lower():
            return first
    return None


def _read_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        raise WorkbenchError(f"{path} is not valid JSON: {_AGAIN}.") from None
    except OSError as error:
        raise WorkbenchError(f"{path} cannot be read ({error.strerror}): {_AGAIN}.") from None
    return value if isinstance(value, dict) else {}


def _source(model_path: Path, config: Mapping[str, Any], whose: str) -> str | None:
    file = model_path / "chat_template.jinja"
    if file.is_file():
        return _read_text(file, whose)
    source = config.get("chat_template")
    if source is None:
        source = _read_json(model_path / "chat_template.json").get("chat_template")
    if isinstance(source, list):
        source = _named_default(source, whose)
    if source is not None and not isinstance(source, str):
        raise WorkbenchError(f"{whose} is not a text. {_NEXT}.")
    return source


def _named_default(listed: list[Any], whose: str) -> Any:
    """Of several templates the one that is called so; the others are for other uses."""
    named = {
        entry["name"]: entry.get("template")
        for entry in listed
        if isinstance(entry, dict) and isinstance(entry.get("name"), str)
    }
    if len(named) != len(listed):
        raise WorkbenchError(f"{whose} is a list of something else than named texts. {_NEXT}.")
    return named.get("default")


def _read_text(file: Path, whose: str) -> str:
    try:
        return file.read_text("utf-8")
    except ValueError:
        raise WorkbenchError(f"{whose} ({file.name}) is not a UTF-8 text. {_NEXT}.") from None
    except OSError as error:
        raise WorkbenchError(f"{file} cannot be read ({error.strerror}): {_AGAIN}.") from None


def _whose(model: str) -> str:
    return f"The chat template of '{model}'" if model else "The model's chat template"


def special_tokens(model_path: Path) -> dict[str, str]:
    """The special tokens that a model's or adapter's folder names, by what they are for.

    Raises:
        WorkbenchError: one of its files cannot be read.
    """
    config = _read_json(model_path / "tokenizer_config.json")
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

    def __repr__(self) -> str:
        return "<Namespace>"  # what is in it may be in it without end


def _refuse_underscore(name: str) -> None:
    if name.startswith("_"):
        raise jinja2.exceptions.SecurityError(f"it sets the private name {name}")


def _raise_exception(message: str) -> None:
    raise jinja2.TemplateError(message)


def _strftime_now(format: str) -> str:
    if len(format) > _LONGEST_DATE:
        raise TemplateLimit("it writes a date without end")
    return datetime.now().strftime(format)


def _dict(*args: Any, **kwargs: Any) -> dict[Any, Any]:
    pairs = entries(args[0]) if args else ()
    before_dict(len(pairs) + len(kwargs))
    return dict(pairs, **kwargs)


_GLOBALS: dict[str, Callable[..., Any]] = {
    "raise_exception": _raise_exception,
    "strftime_now": _strftime_now,
    "dict": _dict,
    "namespace": _Namespace,
}


@functools.lru_cache(maxsize=32)
def _compile(source: str, sandbox: Callable[..., TemplateSandbox]) -> jinja2.Template:
    environment = sandbox(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    environment.globals.update(_GLOBALS)
    return environment.from_string(source)


def _said(error: jinja2.TemplateError) -> str:
    """What the template says about it, of its words alone: no links, pictures or other Markdown."""
    words = re.findall(r"\w+", str(error)[:400].replace("_", " "))
    said = " ".join(word for word in words if len(word) <= 20)[:120].strip()
    return f", saying: {said}" if said else ""

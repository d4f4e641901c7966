"""The chat template of a model's folder: its own, or the form that its family was taught."""

import functools
import json
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.templates.chat_template import ChatTemplate, special_tokens
from workbench.models.chat_forms import MARKS, PLAIN, Form, form_by_marks, form_by_name
from workbench.models.model_types import text_config, type_facts

_TOKEN_FILES = ("added_tokens.json", "tokenizer_config.json", "special_tokens_map.json",
                "tokenizer.json", "tokenizer.model")  # fmt: skip


def template_of(folder: Path, model: str = "") -> ChatTemplate:
    """The template that training and every later use of this model go by.

    Args:
        model: its name, for what is said of the template, and to know its form by.

    Raises:
        WorkbenchError: what is there is no template, or cannot be read.
    """
    return ChatTemplate.load(folder, model) or in_form(form_of(folder, model), folder, model)


def in_form(form: Form, folder: Path | None = None, model: str = "") -> ChatTemplate:
    """The template of a form, with the special tokens of the model in a folder."""
    tokens = {"bos_token": "", "eos_token": ""}
    if folder is not None:
        tokens |= special_tokens(folder)
    return ChatTemplate(form.source, tokens, model)


def form_of(folder: Path, model: str = "") -> Form:
    """How the model in a folder without a chat template was taught to talk."""
    files = tuple(
        (n, (folder / n).stat().st_mtime_ns) for n in _TOKEN_FILES if (folder / n).is_file()
    )
    by_marks = form_by_marks(_marks(folder, files))
    names = (folder.name, model, str(_config(folder).get("_name_or_path") or ""))
    return by_marks or form_by_name(names) or type_facts(model_type_of(folder)).form


def model_type_of(folder: Path) -> str:
    """The type of the language model in a folder; empty where its config.json names none."""
    return str(text_config(_config(folder)).get("model_type") or "")


def form_sentence(folder: Path, model: str = "") -> str:
    """Which template is used, for the model's card.

    Raises:
        WorkbenchError: the one in the folder is none.
    """
    template = ChatTemplate.load(folder, model)
    if template is None:
        form = form_of(folder, model)
        how = "questions and answers are written plainly"
        return f"It has no chat template: {how if form is PLAIN else f'{form.title} is used'}."
    if template.hides_system:
        return (
            "Its own chat template is used. It has no place for a system prompt, so what that says "
            "stands in the first question."
        )
    return "Its own chat template is used."


def _config(folder: Path) -> dict[str, Any]:
    """A config.json, as far as it can be read: here it only helps to choose."""
    try:
        value = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


@functools.lru_cache(maxsize=64)
def _marks(folder: Path, files: tuple[tuple[str, int], ...]) -> frozenset[str]:
    """Those of `MARKS` that are in the vocabulary, by whichever file lists them.

    Args:
        files: their names and when they were written, so that what changed is read again.
    """
    found: set[str] = set()
    for name, _ in files:
        content, quote = _bytes(folder / name), "" if name.endswith(".model") else '"'
        found |= {mark for mark in MARKS if f"{quote}{mark}{quote}".encode() in content}
    return frozenset(found)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WorkbenchError(
            f"{file} cannot be read ({error.strerror}): get this model's files again."
        ) from error

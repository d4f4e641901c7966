"""Chat templates that do harm, put into a model's folder."""

import json
from pathlib import Path
from typing import Any

SOURCES = {
    "never ends": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "grows": (
        "{% set n = namespace(x='xxxxxxxx') %}{% for i in range(99) %}"
        "{% set n.x = n.x ~ n.x %}{% endfor %}"
    ),
    "one long operation": "{{ 1.5 | round(100000000, 'ceil') }}",
    "one wide text": "{{ '{:{1[5000]}}'.format(1, [1] * 5000 + [900000000]) }}",
    "macros": (
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}"
    ),
    "deep macros": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "internals": "{{ messages.__class__.__mro__[1].__subclasses__() }}",
    "refuses": "{{ raise_exception('No.') }}",
    "division": "{{ 1 / 0 }}",
    "unfinished": "{% for message in messages %}",
}
FILES: dict[str, Any] = {
    "a number": 7,
    "nought": 0,
    "a dictionary": {"default": "{{ messages }}"},
    "a list of numbers": [1, 2],
    "a list without names": [{"template": "x"}],
    "a list of named numbers": [{"name": "default", "template": 5}],
    "a named one that never ends": [{"name": "default", "template": SOURCES["never ends"]}],
    "no UTF-8": b"{{ '\xff\xfe' }}",
    "a folder": None,
}
ALL = [*SOURCES, *FILES]
EACH_KIND = ("never ends", "one long operation", "refuses", "a list of numbers", "no UTF-8")
"""One for each way in which it is found out."""


def plant(folder: Path, name: str) -> None:
    """Give the model in `folder` this template instead of its own."""
    file, config = folder / "chat_template.jinja", folder / "tokenizer_config.json"
    file.unlink(missing_ok=True)
    about = json.loads(config.read_text())
    about.pop("chat_template", None)
    if name in SOURCES:
        file.write_text(SOURCES[name])
    elif isinstance(FILES[name], bytes):
        file.write_bytes(FILES[name])
    elif FILES[name] is None:
        about["chat_template"] = {}
        file.mkdir()
    else:
        about["chat_template"] = FILES[name]
    config.write_text(json.dumps(about))


def check(sentence: str, model: str) -> None:
    """It names the model, says what to do, and is no trace."""
    assert f"The chat template of '{model}'" in sentence
    assert "choose another model" in sentence.lower()
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert len(sentence) < 400

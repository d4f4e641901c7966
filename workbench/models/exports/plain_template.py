"""The chat template as other programs render it, which know nothing of our rules around it.

Our own rendering answers without thoughts, and lets the user say what a system prompt says where a template
has no place for one. A template that needs that is written anew from its pieces, so that what other programs
render is what the model learned.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.core.messages import render_prompt
from workbench.core.templates.budget import limited
from workbench.core.templates.chat_template import ChatTemplate
from workbench.models.exports.turn_pieces import TurnPieces, conversations, pieces_of

_NO_THOUGHTS = "{%- set enable_thinking = false %}{%- set thinking = false %}"


def plain_template(template: ChatTemplate) -> str | None:
    """The source that any program renders as we do; None where there is none."""
    asked = conversations()
    wanted = [render_prompt(messages, template) for messages in asked]
    for source in _candidates(template):
        if _rendered(ChatTemplate(source, template.tokens), asked) == wanted:
            return source
    return None


def sha256_of(source: str) -> str:
    """What a template is known by."""
    return hashlib.sha256(source.encode()).hexdigest()


def _candidates(template: ChatTemplate) -> Iterator[str]:
    yield template.source
    yield _NO_THOUGHTS + template.source
    pieces = pieces_of(template)
    if pieces is not None:
        yield jinja_of(pieces)


def jinja_of(pieces: TurnPieces) -> str:
    """A chat template that writes these pieces."""
    said = {name: _quoted(getattr(pieces, name)) for name in pieces.__dataclass_fields__}
    return (
        "{%- set told = messages | selectattr('role', 'equalto', 'system') | map(attribute='content')"
        " | join('\\n\\n') %}"
        "{%- set turns = messages | rejectattr('role', 'equalto', 'system') | list %}"
        f"{{%- if told %}}{{{{- {said['before_system']} + told + {said['after_system']} }}}}"
        f"{{%- else %}}{{{{- {said['head']} }}}}{{%- endif %}}"
        "{%- for turn in turns %}{{- turn['content'] }}"
        "{%- if not loop.last %}"
        f"{{{{- {said['to_answer']} if turn['role'] == 'user' else {said['to_question']} }}}}"
        "{%- elif add_generation_prompt and turn['role'] == 'user' %}"
        f"{{{{- {said['asking']} }}}}{{%- endif %}}{{%- endfor %}}"
    )


def _quoted(text: str) -> str:
    held = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{held}'"


def _rendered(
    template: ChatTemplate, asked: Sequence[Sequence[Mapping[str, Any]]]
) -> list[str] | None:
    """What a program makes of conversations that hands over turns and tokens, and no more."""
    try:
        return [_prompt(template, messages) for messages in asked]
    except Exception:  # whatever a template raises for a turn that it does not know
        return None


def _prompt(template: ChatTemplate, messages: Sequence[Mapping[str, Any]]) -> str:
    compiled = template.compiled()
    with limited(messages):
        return compiled.render(
            messages=[dict(turn) for turn in messages],
            add_generation_prompt=True,
            **template.tokens,
        )

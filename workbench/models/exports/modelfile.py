"""Modelfile: how Ollama is to ask a model, and where it is to stop.

Its TEMPLATE is a Go template that writes what the chat template writes; `scripts/exports/` renders both
with Go itself. Ollama gives it `.System`, and `.Messages` with a role and a content each.
"""

import json
from collections.abc import Iterable
from dataclasses import replace

from workbench.core.messages import end_marks
from workbench.core.templates.chat_template import ChatTemplate
from workbench.models.exports.turn_pieces import TurnPieces, pieces_of

MOST_CONTEXT = 8192
"""Tokens; a longer context takes memory that few questions need."""
NO_TEMPLATE = (
    "There is no Modelfile: this model's chat template does more than to put marks between turns, which "
    "Ollama's templates cannot say. LM Studio and llama.cpp read the template that is inside the file."
)
_QUOTES = '"""'


def modelfile(
    file: str,
    template: ChatTemplate,
    ends: Iterable[str],
    *,
    system: str = "",
    context: int = MOST_CONTEXT,
    begin: str = "",
) -> str | None:
    """The Modelfile for a GGUF file beside it; None where Ollama cannot be told the template.

    Args:
        ends: texts of the tokens at which the model ends by its files.
        begin: the begin mark, where Ollama puts it before each text by itself.
    """
    pieces = pieces_of(template)
    if pieces is None:
        return None
    told = ""
    if _QUOTES in system:  # it would end the Modelfile's text, so it goes into the template
        pieces = replace(pieces, head=f"{pieces.before_system}{system}{pieces.after_system}")
    elif system:
        told = f"SYSTEM {_QUOTES}{system}{_QUOTES}\n"
    return _file(file, go_template(without_begin(pieces, begin)), stops_of(template, pieces, ends),
                 context, told)  # fmt: skip


def for_documents(file: str, ends: Iterable[str], context: int = MOST_CONTEXT) -> str:
    """The Modelfile of a model that goes on with texts: there are no turns, so there is no template."""
    return _file(file, "{{ .Prompt }}", list(dict.fromkeys(ends)), context)


def _file(file: str, template: str, ends: Iterable[str], context: int, told: str = "") -> str:
    stops = "".join(f"PARAMETER stop {json.dumps(end, ensure_ascii=False)}\n" for end in ends)
    return (
        f"FROM ./{file}\n\nTEMPLATE {_QUOTES}{template}{_QUOTES}\n\n{told}"
        f"PARAMETER num_ctx {min(context, MOST_CONTEXT)}\nPARAMETER temperature 0\n{stops}"
    )


def stops_of(template: ChatTemplate, pieces: TurnPieces, ends: Iterable[str]) -> list[str]:
    """What ends an answer: the learned end mark, then each end-of-text token, and nothing that opens a
    turn as well."""
    learned = end_marks(template).last.strip()
    opening = pieces.asking + pieces.to_question.partition(learned)[2] if learned else pieces.asking
    found = [learned] if learned else []
    found += [end for end in ends if end and end.strip() and end not in opening]
    return list(dict.fromkeys(found))


def without_begin(pieces: TurnPieces, begin: str) -> TurnPieces:
    """The pieces without the begin mark at the very start, which the program writes by itself."""
    if not begin:
        return pieces
    return replace(
        pieces,
        head=pieces.head.removeprefix(begin),
        before_system=pieces.before_system.removeprefix(begin),
    )


def go_template(pieces: TurnPieces) -> str:
    """The pieces as a template of Go's text/template."""
    system = f"{_said(pieces.before_system)}{{{{ .System }}}}{_said(pieces.after_system)}"
    question = _either("$last", pieces.asking, pieces.to_answer)
    answer = f"{{{{ if not $last }}}}{_said(pieces.to_question)}{{{{ end }}}}"
    return (
        f"{{{{ if .System }}}}{system}{{{{ else }}}}{_said(pieces.head)}{{{{ end }}}}"
        "{{ range $i, $turn := .Messages }}{{ $last := eq (len (slice $.Messages $i)) 1 }}"
        f'{{{{ if eq $turn.Role "user" }}}}{{{{ $turn.Content }}}}{question}'
        f'{{{{ else if eq $turn.Role "assistant" }}}}{{{{ $turn.Content }}}}{answer}'
        "{{ end }}{{ end }}"
    )


def _either(condition: str, text: str, other: str) -> str:
    return f"{{{{ if {condition} }}}}{_said(text)}{{{{ else }}}}{_said(other)}{{{{ end }}}}"


def _said(text: str) -> str:
    """A text as Go writes it: quoted, so that neither braces nor blanks at its ends mean anything."""
    return f"{{{{ {json.dumps(text, ensure_ascii=False)} }}}}" if text else ""

"""What is to be told of conversations that were read: what is not learned, not used, written anew."""

from collections import Counter
from dataclasses import dataclass, field

from workbench.core.words import plural


@dataclass
class Seen:
    """What is to be told of one conversation, and how it is to be read."""

    learn_reasoning: bool = False
    """Whether reasoning is taken as <think> text before the answer; else it is told, and not taken."""
    reasoning: bool = False
    """Whether there is some."""

    unlearned: Counter[str] = field(default_factory=Counter)
    """Mark in the file's words ("weight 0") → answers that have it."""
    unused: set[str] = field(default_factory=set)
    """Keys of turns, and parts of texts, that are not taken, in the file's words."""
    calls: int = 0
    """Answers that call a tool."""
    form: str = ""
    """What the text's marks are called, where it is a finished prompt."""
    tools: bool = False
    """Whether tools are named in its instruction."""
    speakerless: bool = False
    """Whether its turns do not say who speaks, and are taken in turn."""


@dataclass
class Account:
    """The same of many conversations."""

    unlearned: Counter[str] = field(default_factory=Counter)
    unlearned_rows: Counter[str] = field(default_factory=Counter)
    unused: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    call_rows: int = 0
    forms: Counter[str] = field(default_factory=Counter)
    speakerless: int = 0
    reasoning: int = 0
    """Rows that have some."""
    tool_rows: int = 0

    def add(self, seen: Seen) -> None:
        """One more conversation."""
        self.unlearned.update(seen.unlearned)
        self.unlearned_rows.update(dict.fromkeys(seen.unlearned, 1))
        self.unused.update(dict.fromkeys(seen.unused, 1))
        self.calls += seen.calls
        self.call_rows += bool(seen.calls)
        self.speakerless += seen.speakerless
        self.reasoning += seen.reasoning
        self.tool_rows += seen.tools
        if seen.form:
            self.forms[seen.form] += 1

    def sentences(self) -> list[str]:
        """What to say of them, on the page and by the command."""
        return [
            *(_form(name, rows) for name, rows in self.forms.most_common()),
            *(
                _unlearned(mark, number, self.unlearned_rows[mark])
                for mark, number in self.unlearned.most_common()
            ),
            *([_speakerless(self.speakerless)] if self.speakerless else []),
            *([_calls(self.calls, self.call_rows)] if self.calls else []),
            *([_tools(self.tool_rows)] if self.tool_rows else []),
        ]


def _form(name: str, rows: int) -> str:
    return (
        f"{plural(rows, 'text')} {'is a finished prompt' if rows == 1 else 'are finished prompts'} "
        f"({name}): read as conversations, and the marks between the turns are taken off."
    )


def _speakerless(rows: int) -> str:
    verb = "does" if rows == 1 else "do"
    return (
        f"{plural(rows, 'conversation')} {verb} not say who speaks: every first text is taken for a "
        "question, every second one for its answer."
    )


def _unlearned(mark: str, number: int, rows: int) -> str:
    verb = "is" if number == 1 else "are"
    return f"{plural(number, 'answer')} in {plural(rows, 'row')} {verb} read, not learned ({mark})."


def _calls(number: int, rows: int) -> str:
    verb = "calls" if number == 1 else "call"
    return (
        f"{plural(number, 'answer')} in {plural(rows, 'row')} {verb} a tool: taught as the text "
        '<tool_call>{"name": ..., "arguments": {...}}</tool_call>; what the tool gives back stands '
        "on the user's side as <tool_response>...</tool_response>."
    )


def _tools(rows: int) -> str:
    return f"The tools of {plural(rows, 'row')} are named in the instruction of the conversation."

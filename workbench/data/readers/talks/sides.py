"""Who answers in conversations: by the names of the speakers, else somebody has to say."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbench.core.chats import speakers
from workbench.core.words import joined
from workbench.data.readers.messages.chats import who_answers
from workbench.data.readers.messages.speakers import Utterance, answerers

_ANSWER = (speakers.ASSISTANT, speakers.CALL)
_NAMED = 3
_OFFERED = 100
"""So many people are offered as the one that answers."""


@dataclass(frozen=True)
class Sides:
    """Which names are of which side."""

    roles: dict[str, str]
    """Name of a speaker → its role, as programs write it."""
    people: tuple[str, ...] = ()
    """Who may be the one that answers, the likeliest first; empty where the names tell."""
    side: str = ""
    """Which of them is taken for it."""
    note: str = ""


def sides_of(talks: Sequence[Sequence[Utterance]], assistant: str) -> Sides:
    """The sides of some conversations.

    Where a name says who answers, all the others ask; where it says who asks, all others answer;
    where none says anything, `assistant` does, or who answers most often.
    """
    names = list(dict.fromkeys(said.who for talk in talks for said in talk))
    known = {name: speakers.role_of(name) for name in names}
    strangers = [name for name in names if not known[name]]
    if not strangers:
        return Sides({name: name for name in names})
    if any(role in _ANSWER for role in known.values()):
        return Sides(_with(known, strangers, speakers.USER), note=_said(strangers, "questions"))
    if speakers.USER in known.values():
        return Sides(_with(known, strangers, speakers.ASSISTANT), note=_said(strangers, "answers"))
    people = answerers(talks)
    side = assistant if assistant in people else people[0]
    roles = {name: speakers.ASSISTANT if name == side else speakers.USER for name in names}
    return Sides(roles, people[:_OFFERED], side, who_answers(side))


def _with(known: dict[str, str], strangers: Iterable[str], role: str) -> dict[str, str]:
    names = {name: name for name, found in known.items() if found}
    return {**names, **dict.fromkeys(strangers, role)}


def _said(names: Sequence[str], what: str) -> str:
    shown = [f"'{name}'" for name in itertools.islice(names, _NAMED)]
    more = len(names) - len(shown)
    named = joined([*shown, f"{more:,} more"] if more else shown)
    return f"What {named} {'says' if len(names) == 1 else 'say'} counts as the {what}."

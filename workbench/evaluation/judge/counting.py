"""From a judge's replies to verdicts: what changes with the place of an answer is no preference."""

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.evaluation.judge.reading import TIE, A
from workbench.evaluation.judge.replies import Asked, Reply
from workbench.jobs.process.contract import Contract

MINE, SAME, OTHER = 1, 0, -1
"""A verdict on a question: for the trained model, for neither, for the other."""


@dataclass(frozen=True)
class Counts(Contract):
    """What a judging came to, in numbers of questions and of replies."""

    wins: int = 0
    ties: int = 0
    losses: int = 0
    unclear: int = 0
    """Questions without any verdict: a reply of each time could not be read, or was refused."""
    swayed: int = 0
    """Times of asking twice in which the verdict changed with the place; they count as ties."""
    pairs_read: int = 0
    """Times of asking twice of which both replies could be read."""
    replies: int = 0
    unreadable: int = 0
    refused: int = 0
    tokens: int = 0

    @property
    def judged(self) -> int:
        """Questions with a verdict."""
        return self.wins + self.ties + self.losses


def question_verdict(replies: Mapping[Asked, Reply], place: int, repeat: int) -> int | None:
    """The verdict on one question: what most of its readable times say; a tie where they balance."""
    times = [_time(replies, place, again) for again in range(repeat)]
    read = [one for one in times if one is not None]
    if not read:
        return None
    balance = sum(read)
    return (balance > 0) - (balance < 0)


def verdicts(replies: Mapping[Asked, Reply], pairs: int, repeat: int) -> list[int | None]:
    """The verdict on every question; None where nothing could be read."""
    return [question_verdict(replies, place, repeat) for place in range(pairs)]


def count(replies: Mapping[Asked, Reply], pairs: int, repeat: int) -> Counts:
    """All of it in numbers."""
    found = verdicts(replies, pairs, repeat)
    both = [
        (first, second)
        for place in range(pairs)
        for again in range(repeat)
        if (first := _said(replies, Asked(place, again, False))) is not None
        and (second := _said(replies, Asked(place, again, True))) is not None
    ]
    values = replies.values()
    return Counts(
        wins=found.count(MINE),
        ties=found.count(SAME),
        losses=found.count(OTHER),
        unclear=found.count(None),
        swayed=sum(first != second for first, second in both),
        pairs_read=len(both),
        replies=len(values),
        unreadable=sum(reply.verdict is None and not reply.refused for reply in values),
        refused=sum(bool(reply.refused) for reply in values),
        tokens=sum(reply.tokens for reply in values),
    )


def _time(replies: Mapping[Asked, Reply], place: int, again: int) -> int | None:
    """What one time of asking twice says; None where one of its replies cannot be read."""
    first = _said(replies, Asked(place, again, False))
    second = _said(replies, Asked(place, again, True))
    if first is None or second is None:
        return None
    return first if first == second else SAME


def _said(replies: Mapping[Asked, Reply], asked: Asked) -> int | None:
    """For whom a reply is, whatever name its answer had."""
    reply = replies.get(asked)
    if reply is None or (verdict := reply.verdict) is None:
        return None
    if verdict == TIE:
        return SAME
    return MINE if (verdict == A) != asked.swapped else OTHER

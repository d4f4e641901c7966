"""Judging in a blind test: what somebody with its link sees, and their votes.

Names are in none of it: who judges sees a question and two answers, in an order drawn for this person and
this question.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage.database import Store
from storage.people import blind_tests as rows
from storage.tables import BlindTest, Vote, now
from workbench.core.errors import WorkbenchError
from workbench.evaluation.people.blind_tests import counted, digest
from workbench.evaluation.scoring import sequential

FIRST, SECOND, SAME = "first", "second", "same"
CHOICES = (FIRST, SECOND, SAME)
_OVER = "This blind test is over: there is nothing more to judge. Thank you."


class Closed(WorkbenchError):
    """The link leads nowhere any more; the sentence is for whoever follows it."""


@dataclass(frozen=True)
class Question:
    """What is to be judged next."""

    pair: int
    text: str
    first: str
    second: str
    judged: int
    """How many questions of the test are judged already, by whomever."""
    mine: int
    """How many of them by this person."""
    total: int


def next_question(store: Store, token: str, seat: str) -> Question:
    """What a person judges next: a question that nobody has judged yet, each person another one.

    Args:
        seat: what tells this person's browser from others.

    Raises:
        Closed: the link is wrong or has ended, or all is judged.
    """
    with store.read() as session:
        test = _open_test(session, token)
        votes = rows.votes(session, test.id)
        place = _next(test, votes, digest(seat))
        if place is None:
            raise Closed(_OVER)
        pair = test.pairs[place]
        mine_is_first = _mine_is_first(test.seed, place, digest(seat))
        return Question(
            place,
            pair["question"],
            pair["mine" if mine_is_first else "other"],
            pair["other" if mine_is_first else "mine"],
            judged=len({vote.pair for vote in votes}),
            mine=sum(vote.seat == digest(seat) for vote in votes),
            total=len(test.pairs),
        )


def vote(store: Store, token: str, seat: str, pair: int, choice: str) -> None:
    """Keep what a person chose; the test ends when that decides it, or when all is judged.

    A second vote of the same person on a question changes nothing.

    Raises:
        Closed: the link is wrong or has ended.
        WorkbenchError: there is no such question or choice.
    """
    with store.write() as session:
        test = _open_test(session, token)
        if choice not in CHOICES or not 0 <= pair < len(test.pairs):
            raise WorkbenchError("That was no answer to choose: load the page again.")
        kept = _chosen(choice, mine_is_first=_mine_is_first(test.seed, pair, digest(seat)))
        rows.add_vote(session, test.id, pair, digest(seat), kept)
        choices = counted(rows.votes(session, test.id))
        if sequential.decided(choices) is not None:
            rows.close(session, test.id, rows.DECIDED)
        elif len(choices) == len(test.pairs):
            rows.close(session, test.id, rows.UNDECIDED)


def _open_test(session: Session, token: str) -> BlindTest:
    test = rows.by_token(session, digest(token))
    if test is None:
        raise Closed("This link is not good (any more): ask who sent it for a new one.")
    if test.state != rows.OPEN:
        raise Closed(_OVER)
    if test.expires_at <= now():
        raise Closed("The time of this link is over: ask who sent it for a new one.")
    return test


def _next(test: BlindTest, votes: Sequence[Vote], seat: str) -> int | None:
    judged = {vote.pair for vote in votes}
    free = [place for place in range(len(test.pairs)) if place not in judged]
    return min(free, key=lambda place: _drawn(test.seed, place, seat), default=None)


def _drawn(seed: int, pair: int, seat: str) -> bytes:
    """The same bytes for the same person and question, and others for any other."""
    return hashlib.blake2b(f"{seed}\n{pair}\n{seat}".encode(), digest_size=9).digest()


def _mine_is_first(seed: int, pair: int, seat: str) -> bool:
    return bool(_drawn(seed, pair, seat)[-1] & 1)


def _chosen(choice: str, *, mine_is_first: bool) -> int:
    if choice == SAME:
        return 0
    return 1 if (choice == FIRST) == mine_is_first else -1

"""Blind tests: two models' answers to the same exam questions, made by their owner, and what came of them."""

import datetime as dt
import hashlib
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from storage import runs
from storage.database import Store
from storage.people import blind_tests as rows
from storage.tables import BlindTest, Vote, now
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.evaluation import evaluations
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.scoring import sequential
from workbench.evaluation.scoring.sequential import Tally
from workbench.jobs.process.specs import TrainSpec
from workbench.training.trained_run import trained_run

MOST_PAIRS = 120
"""Questions of a test; by then most differences that matter are decided."""
DAYS = 7
"""How long a link is good, if nothing else is said."""
EXPIRED = "expired"
BEFORE = "before training"


@dataclass(frozen=True)
class StartedTest:
    """A new test; the token is nowhere else than here and in the link."""

    test_id: int
    token: str


@dataclass(frozen=True)
class BlindTestInfo:
    """A test, and how it stands; it may be looked at after every vote."""

    id: int
    run_id: int
    mine: str
    """The name of the run."""
    other: str
    """What it is compared with."""
    state: str
    """open, expired, decided, undecided (all is judged) or ended."""
    pairs: int
    alike: int
    """Questions that nobody has to judge, since both answer the same."""
    votes: int
    people: int
    counted: Tally
    """The first vote on each question; 1 is for the run."""
    interval: tuple[float, float]
    """Of the share that prefers the run, right after every vote."""
    created_at: dt.datetime
    expires_at: dt.datetime

    @property
    def is_open(self) -> bool:
        """Whether people may judge."""
        return self.state == rows.OPEN


def opponents(store: Store, run_id: int) -> dict[int | None, str]:
    """What a run can be compared with: its base model (None), and other runs that took an exam.

    Raises:
        WorkbenchError: there is no trained model, or it took no exam.
    """
    answers = _answers(store, run_id)
    with store.read() as session:
        own = trained_run(session, run_id)
        others = [
            (row.run.id, row.run.name)
            for row in runs.listing(session, own.run.project_id, TrainSpec.kind)
            if row.run.id != run_id and row.version.task == own.version.task
        ]
    found: dict[int | None, str] = {None: BEFORE} if "base" in answers else {}
    return found | {other: name for other, name in others if _exam(store, other) is not None}


def start_blind_test(
    store: Store, run_id: int, other_run_id: int | None = None, *, days: int = DAYS
) -> StartedTest:
    """Make a test of a run's answers against another's; both are those of their exams.

    Args:
        other_run_id: another run of the project; None for the base model of this one.
        days: how long the link is good.

    Raises:
        WorkbenchError: one of them took no exam, or they answer too few questions differently.
    """
    with store.read() as session:
        if task_named(trained_run(session, run_id).version.task).compares:
            raise WorkbenchError(
                "In this model's exam both answers were given, so there is nothing that people could "
                "compare blindly: judge answers of its own on the Use page instead."
            )
    pairs, alike = _pairs(store, run_id, other_run_id)
    if len(pairs) < sequential.fewest_votes():
        raise WorkbenchError(
            f"The two answer only {len(pairs)} of the same exam questions differently, and "
            f"{sequential.fewest_votes()} are the fewest that can decide anything: compare with "
            "another model, or score both on a larger exam."
        )
    seed = secrets.randbelow(2**31)
    drawn = random.Random(seed).sample(pairs, min(MOST_PAIRS, len(pairs)))
    token = secrets.token_urlsafe(24)
    with store.write() as session:
        own = trained_run(session, run_id)
        test = rows.add(
            session,
            BlindTest(
                project_id=own.run.project_id,
                run_id=run_id,
                other_run_id=other_run_id,
                asked={"pairs": drawn},
                alike=alike,
                seed=seed,
                token_hash=digest(token),
                expires_at=now() + dt.timedelta(days=days),
            ),
        )
        return StartedTest(test.id, token)


def renew_link(store: Store, test_id: int, *, days: int = DAYS) -> str:
    """Another link's token for a test that is open; the former link ends, the votes stay.

    Raises:
        WorkbenchError: the test is over.
    """
    token = secrets.token_urlsafe(24)
    with store.write() as session:
        if not rows.renew(session, test_id, digest(token), now() + dt.timedelta(days=days)):
            raise WorkbenchError("This blind test is over: make another one.")
    return token


def end_blind_test(store: Store, test_id: int) -> None:
    """End a test before it is decided; its votes stay."""
    with store.write() as session:
        rows.close(session, test_id, rows.ENDED)


def list_blind_tests(store: Store, run_id: int) -> list[BlindTestInfo]:
    """The tests in which a run is judged, newest first."""
    with store.read() as session:
        found = []
        for test in rows.listing(session, run_id):
            mine, other = (runs.row(session, i, TrainSpec.kind) if i else None for i in (test.run_id, test.other_run_id))  # fmt: skip
            names = (mine.run.name if mine else "", other.run.name if other else BEFORE)
            found.append(_info(test, rows.votes(session, test.id), *names))
        return found


def digest(secret: str) -> str:
    """What is kept of a token or a seat."""
    return hashlib.sha256(secret.encode()).hexdigest()


def counted(votes: Sequence[Vote]) -> list[int]:
    """The choices that count: the first on each question.

    What a second person says of the same question depends on what the first said, and would count
    one question twice.
    """
    first: dict[int, int] = {}
    for vote in votes:
        first.setdefault(vote.pair, vote.choice)
    return list(first.values())


def _info(test: BlindTest, votes: Sequence[Vote], mine: str, other: str) -> BlindTestInfo:
    found = sequential.tally(counted(votes))
    over = test.state == rows.OPEN and test.expires_at <= now()
    return BlindTestInfo(
        id=test.id,
        run_id=test.run_id,
        mine=mine,
        other=other,
        state=EXPIRED if over else test.state,
        pairs=len(test.pairs),
        alike=test.alike,
        votes=len(votes),
        people=len({vote.seat for vote in votes}),
        counted=found,
        interval=sequential.interval(found.wins, found.losses),
        created_at=test.created_at,
        expires_at=test.expires_at,
    )


def _exam(store: Store, run_id: int) -> EvaluationInfo | None:
    """The newest exam of a run."""
    found = evaluations.list_evaluations(store, run_id)
    return next((info for info in found if info.is_exam), None)


def _answers(store: Store, run_id: int) -> pd.DataFrame:
    exam = _exam(store, run_id)
    if exam is None:
        raise WorkbenchError(
            "People can judge answers to exam questions only, and this model has not taken its exam: "
            "score it first."
        )
    return evaluations.predictions(store, exam.id)


def _pairs(store: Store, run_id: int, other_run_id: int | None) -> tuple[list[dict[str, Any]], int]:
    """Questions that both answered, each otherwise; and how many both answered alike."""
    mine = _answers(store, run_id)
    if other_run_id is None:
        if "base" not in mine:
            raise WorkbenchError(
                "What this model answered before training was not kept: compare it with another run."
            )
        both = mine.assign(other=mine["base"])
    else:
        theirs = _answers(store, other_run_id)[["row_id", "input", "tuned"]]
        theirs = theirs.rename(columns={"tuned": "other"}).drop_duplicates(["row_id", "input"])
        both = mine.merge(theirs, on=["row_id", "input"])
    pairs = [
        {"row_id": int(row_id), "question": question, "mine": own, "other": other}
        for row_id, question, own, other in zip(
            both["row_id"], both["input"], both["tuned"], both["other"], strict=True
        )
    ]
    differ = [pair for pair in pairs if pair["mine"].split() != pair["other"].split()]
    return differ, len(pairs) - len(differ)

"""Pairs of a better and a worse answer, out of what people said of a project's models.

A correction is better than the answer that it corrects, an answer with a thumb up better than another one
with a thumb down to the same question; blind votes and the owner's ratings say themselves which of two is
better. Answers that name categories or fill fields are right or wrong rather than better or worse, and
give no pairs.
"""

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from storage import conversations, runs
from storage.conversations import Judged
from storage.database import Store
from storage.people import blind_tests, own_ratings
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import PREFERENCES, task_named
from workbench.core.words import plural
from workbench.data import datasets
from workbench.data.datasets import SavedVersion
from workbench.data.examples.quality import MIN_ROWS
from workbench.evaluation.judge.rubric import Pair
from workbench.evaluation.judged.pairs import draw, others
from workbench.jobs.process.specs import TrainSpec
from workbench.models.served import run_id_of

DATASET = "Answers that people prefer"
FILE = "preferred-answers.jsonl"
CORRECTION, THUMBS, VOTE, RATING = "correction", "thumbs", "blind vote", "rating"
_MANY = {THUMBS: "pair of thumbs", VOTE: "blind vote"}
_ALL = 1_000_000
Key = tuple[str, frozenset[str]]


@dataclass(frozen=True)
class Preferred:
    """What somebody found better than something else."""

    prompt: str
    """The question; JSON where turns stand before it."""
    chosen: str
    rejected: str
    source: str
    """One of the words above."""


@dataclass(frozen=True)
class Gathered:
    """All pairs of a project."""

    pairs: tuple[Preferred, ...]

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def by_source(self) -> dict[str, int]:
        """Where they come from: word → number."""
        return dict(Counter(pair.source for pair in self.pairs))

    @property
    def are_enough(self) -> bool:
        """Whether a dataset can be made of them."""
        return len(self) >= MIN_ROWS

    @property
    def words(self) -> str:
        """ "12 corrections, 3 blind votes"; empty of none."""
        return ", ".join(
            plural(
                number,
                _MANY.get(source, source),
                f"{source}s" if source != THUMBS else "pairs of thumbs",
            )
            for source, number in self.by_source.items()
        )

    @property
    def too_few(self) -> str:
        """Why nothing can be made of them, in a sentence; empty where it can."""
        if self.are_enough:
            return ""
        there = f"There are {plural(len(self), 'pair')}" if self.pairs else "There are no pairs yet"
        return (
            f"{there}, and at least {MIN_ROWS} are needed: correct answers on the Use page, give one "
            "answer to a question a thumb up and another a thumb down, or let people judge blindly."
        )


def gathered(store: Store, project_id: int) -> Gathered:
    """The pairs of a project, each once; of two judgements that say the opposite the later one counts."""
    found: dict[Key, Preferred] = {}
    for pair in (
        *_votes(store, project_id),
        *_ratings(store, project_id),
        *_opinions(store, project_id),
    ):
        better, worse = pair.chosen.strip(), pair.rejected.strip()
        if better and worse and pair.prompt.strip() and better.split() != worse.split():
            key = (pair.prompt.strip(), frozenset((better, worse)))
            found.pop(key, None)
            found[key] = pair
    return Gathered(tuple(found.values()))


def make_dataset(store: Store, project_id: int, name: str = "") -> SavedVersion:
    """The next version of a dataset of these pairs; the same one again where nothing was added.

    Args:
        name: of the dataset; `DATASET` when empty.

    Raises:
        WorkbenchError: there are too few.
    """
    found = gathered(store, project_id)
    if found.too_few:
        raise WorkbenchError(found.too_few)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        lines = [json.dumps(asdict(pair), ensure_ascii=False) for pair in found.pairs]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return datasets.save_version(
            store,
            project_id=project_id,
            path=path,
            task=PREFERENCES.name,
            mapping={role: role for role in PREFERENCES.required},
            dataset_name=name or DATASET,
        )


def _compares(task: str | None) -> bool:
    """Whether answers of such a model are better or worse than others; one that was taught nothing chats."""
    return task is None or not (
        task_named(task).has_one_right_answer or task_named(task).rows_are_documents
    )


def _opinions(store: Store, project_id: int) -> Iterator[Preferred]:
    """Of the playground: corrections, and thumbs on answers to the same question."""
    with store.read() as session:
        tasks = {
            row.run.id: row.version.task
            for row in runs.listing(session, project_id, TrainSpec.kind)
        }
        told = [
            one
            for one in conversations.judged(session, project_id)
            if _compares(tasks.get(run_id_of(one.answer.model) or 0))
        ]
        pairs = [*_thumbs(told), *_corrections(told)]
    yield from pairs


def _corrections(told: Sequence[Judged]) -> Iterator[Preferred]:
    for one in told:
        if one.answer.correction:
            content = one.answer.content
            yield Preferred(_question(one), one.answer.correction, content, CORRECTION)


def _thumbs(told: Sequence[Judged]) -> Iterator[Preferred]:
    """Each answer that is liked beside each that is not; one that was corrected has its pair."""
    of_question: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"up": [], "down": []})
    for one in told:
        if one.answer.rating in ("up", "down"):
            of_question[_question(one)][one.answer.rating].append(one.answer.content)
    for question, rated in of_question.items():
        for better in dict.fromkeys(rated["up"]):
            for worse in dict.fromkeys(rated["down"]):
                yield Preferred(question, better, worse, THUMBS)


def _question(one: Judged) -> str:
    earlier = one.answer.details.get("earlier")
    turns = [turn for turn in earlier if _is_turn(turn)] if isinstance(earlier, list) else []
    asked = str(one.question.content)
    if not turns:
        return asked
    return json.dumps([*turns, {"role": "user", "content": asked}], ensure_ascii=False)


def _is_turn(value: Any) -> bool:
    return isinstance(value, dict) and {"role", "content"} <= {*value}


def _votes(store: Store, project_id: int) -> Iterator[Preferred]:
    """Of blind tests: what most of those said who judged a question."""
    with store.read() as session:
        listed = runs.listing(session, project_id, TrainSpec.kind)
        own = {row.run.id for row in listed if _compares(row.version.task)}
        tests = {test.id: test for run_id in own for test in blind_tests.listing(session, run_id)}
        told = [
            (test.pairs[place], sum(choices))
            for test in tests.values()
            for place, choices in _by_pair(blind_tests.votes(session, test.id)).items()
            if 0 <= place < len(test.pairs)
        ]
    for asked, sum_ in told:
        question, mine, other = (str(asked[name]) for name in ("question", "mine", "other"))
        yield from _chosen(question, mine, other, sum_, VOTE)


def _by_pair(votes: Sequence[Any]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for vote in votes:
        found[vote.pair].append(vote.choice)
    return found


def _ratings(store: Store, project_id: int) -> Iterator[Preferred]:
    """What the owner said beside a judge."""
    with store.read() as session:
        said = {
            row.run.id: {one.pair: one.choice for one in own_ratings.listing(session, row.run.id)}
            for row in runs.listing(session, project_id, TrainSpec.kind)
        }
    for run_id, choices in said.items():
        if not choices:
            continue
        for pair in _judged(store, run_id):
            choice = choices.get(pair.digest, 0)
            yield from _chosen(pair.question, pair.mine, pair.other, choice, RATING)


def _judged(store: Store, run_id: int) -> Iterator[Pair]:
    """The pairs that a judge may be asked about; none where the exam is gone."""
    try:
        names = others(store, run_id)
    except WorkbenchError:
        return
    for name in names:
        try:
            yield from draw(store, run_id, name, with_expected=False, most=_ALL).pairs
        except WorkbenchError:  # the two answer all alike, or one of them took another exam
            continue


def _chosen(question: str, mine: str, other: str, choice: int, source: str) -> Iterator[Preferred]:
    if choice > 0:
        yield Preferred(question, mine, other, source)
    elif choice < 0:
        yield Preferred(question, other, mine, source)

"""What people say of the pairs that a judge judges: in blind tests, in the playground, and right beside it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from storage import conversations
from storage.database import Store
from storage.people import blind_tests, own_ratings
from storage.runs import row as run_row
from workbench.core.errors import WorkbenchError
from workbench.evaluation.judge.counting import MINE, OTHER, SAME
from workbench.evaluation.judge.rubric import Pair
from workbench.jobs.process.specs import TrainSpec

UP, DOWN = 1, -1


def people_say(store: Store, run_id: int, pairs: Sequence[Pair]) -> dict[str, int]:
    """A pair's digest → 1 for the run, -1 for the other, 0 for neither, as most of those say who judged it.

    Only what concerns the very same question and answers counts.
    """
    told: defaultdict[str, list[int]] = defaultdict(list)
    wanted = {pair.digest for pair in pairs}
    for source in (_own(store, run_id), _blind(store, run_id), _playground(store, run_id, pairs)):
        for digest, choice in source:
            if digest in wanted:
                told[digest].append(choice)
    return {digest: _most(choices) for digest, choices in told.items()}


def rate(store: Store, run_id: int, digest: str, choice: int) -> None:
    """Keep what the owner says of a pair.

    Raises:
        WorkbenchError: there is no such choice.
    """
    if choice not in (MINE, SAME, OTHER):
        raise WorkbenchError("That was no answer to choose: load the page again.")
    with store.write() as session:
        own_ratings.keep(session, run_id, digest, choice)


def next_to_rate(pairs: Sequence[Pair], said: dict[str, int]) -> Pair | None:
    """A pair that nobody has judged, in an order that has nothing to do with the answers."""
    free = [pair for pair in pairs if pair.digest not in said]
    return min(free, key=lambda pair: pair.digest, default=None)


def mine_is_first(pair: Pair) -> bool:
    """On which side the run's answer stands where the owner rates: by chance, the same every time."""
    return bool(int(pair.digest[-1], 16) & 1)


def _most(choices: Sequence[int]) -> int:
    return (sum(choices) > 0) - (sum(choices) < 0)


def _own(store: Store, run_id: int) -> Iterator[tuple[str, int]]:
    with store.read() as session:
        found = [(one.pair, one.choice) for one in own_ratings.listing(session, run_id)]
    yield from found


def _blind(store: Store, run_id: int) -> Iterator[tuple[str, int]]:
    """Votes of blind tests, whichever side the run was on."""
    with store.read() as session:
        found = [
            (test.pairs[vote.pair], vote.choice)
            for test in blind_tests.listing(session, run_id)
            for vote in blind_tests.votes(session, test.id)
            if 0 <= vote.pair < len(test.pairs)
        ]
    for asked, choice in found:
        question, mine, other = (str(asked[name]) for name in ("question", "mine", "other"))
        yield Pair(0, question, mine, other).digest, choice
        yield Pair(0, question, other, mine).digest, -choice


def _playground(store: Store, run_id: int, pairs: Sequence[Pair]) -> Iterator[tuple[str, int]]:
    """Of pairs whose answers were both rated there: the one with a thumb up is preferred."""
    rated = _rated(store, run_id)
    for pair in pairs:
        question = pair.question.strip()
        mine = rated.get((question, pair.mine.strip()))
        other = rated.get((question, pair.other.strip()))
        if mine is not None and other is not None:
            yield pair.digest, (mine > other) - (mine < other)


def _rated(store: Store, run_id: int) -> dict[tuple[str, str], int]:
    """Question and answer → the last thumb on it; what was corrected was not good."""
    with store.read() as session:
        run = run_row(session, run_id, TrainSpec.kind)
        found = conversations.judged(session, run.run.project_id) if run else []
        return {
            (one.question.content.strip(), one.answer.content.strip()): (
                UP if one.answer.rating == "up" and not one.answer.correction else DOWN
            )
            for one in found
        }

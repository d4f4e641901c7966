"""What a judging would ask, and whom, before anything has left this computer."""

from dataclasses import dataclass
from pathlib import Path

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.evaluation.judge import rubric
from workbench.evaluation.judge.address import host_of, is_here, is_readable_on_the_way
from workbench.evaluation.judged import pairs as drawing
from workbench.evaluation.judged.pairs import Drawn
from workbench.jobs.process.specs import JudgeSpec
from workbench.training import runs

MOST, MOST_REPEAT = 100, 5
"""Questions that are asked if nothing else is said; how often at most."""
MOST_QUESTIONS = 2000
TOKENS = (16, 8000)
"""How short and how long a reply may be allowed to be."""


@dataclass(frozen=True)
class Plan:
    """What would be asked, and whom; nothing has left this computer yet."""

    spec: JudgeSpec
    drawn: Drawn

    @property
    def requests(self) -> int:
        """Each question in both orders, each of them so many times."""
        return 2 * self.spec.repeat * len(self.drawn.pairs)

    @property
    def leaves(self) -> bool:
        """Whether the texts leave this computer."""
        return not is_here(self.spec.url)

    @property
    def sentence(self) -> str:
        """Exactly what leaves this computer; of one that stays, where it goes."""
        pairs = self.drawn.pairs
        size = sum(pair.characters for pair in pairs)
        seen = "the expected answer and " if any(pair.expected for pair in pairs) else ""
        what = (
            f"{plural(len(pairs), 'exam question')}, each with {seen}two answers ({size:,} characters in "
            f"all), and the rubric, in {plural(self.requests, 'request')}"
        )
        if not self.leaves:
            return f"{what}, go to a program on this computer ({host_of(self.spec.url)})."
        clear = (
            " They are not encrypted on the way (http): others on the network can read along."
            if is_readable_on_the_way(self.spec.url)
            else ""
        )
        return (
            f"{what}, leave this computer and go to {host_of(self.spec.url)}. Who runs it can read and "
            f"keep them, and may charge for it.{clear}"
        )


def plan(
    store: Store,
    run_id: int,
    url: str,
    model: str,
    *,
    other: str,
    rubric_text: str = rubric.DEFAULT,
    repeat: int = 1,
    with_expected: bool = True,
    most: int = MOST,
    max_tokens: int = JudgeSpec.max_tokens,
    timeout_s: float = JudgeSpec.timeout_s,
    key_file: Path | None = None,
) -> Plan:
    """What a judging would ask.

    Args:
        url: as `address.tidy` gives it.
        other: with whom the run's answers are compared, by its key in `pairs.others`.
        with_expected: whether the judge sees the expected answers.
        most: questions that are asked.
        key_file: of our own model server, where it is the judge.

    Raises:
        WorkbenchError: there is no exam with free texts, or a number does not fit.
    """
    _check("times", repeat, 1, MOST_REPEAT)
    _check("questions", most, 1, MOST_QUESTIONS)
    _check("tokens of a reply", max_tokens, *TOKENS)
    _check("seconds for a reply", timeout_s, 1, 3600)
    drawn = drawing.draw(store, run_id, other, with_expected=with_expected, most=most)
    spec = JudgeSpec(
        run_id=run_id,
        other=other,
        title=drawn.title,
        exam=drawn.exam.predictions_hash,
        data=drawing.put(drawn.pairs),
        url=url,
        model=model,
        rubric=rubric.checked(rubric_text),
        repeat=repeat,
        max_tokens=max_tokens,
        timeout_s=timeout_s,
        key_file=key_file,
        questions=drawn.questions,
        alike=drawn.alike,
        too_long=drawn.too_long,
        by_turns=runs.get_run(store, run_id).was_by_turns,
    )
    return Plan(spec, drawn)


def _check(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise WorkbenchError(
            f"The number of {what} of a judging is from {low:g} to {high:g}, not {value:g}."
        )

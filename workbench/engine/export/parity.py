"""Whether answers from another way are as good as those of the exam's way.

Letter by letter they are the same only where both compute alike. Where they part, two things are asked: does
the score fall beyond chance (by more than matters in practice), and, where the exact model is at hand, would
rounding explain the other token?
"""

import math
import statistics
from collections.abc import Sequence

from workbench.core.metrics import METRICS
from workbench.core.tasks import task_named
from workbench.core.tasks.number_answers import value_of
from workbench.core.words import count, plural
from workbench.engine.export.exact import Judged
from workbench.engine.export.questions import Questions
from workbench.evaluation.scoring.chrf import chrf_counts, chrf_of
from workbench.evaluation.scoring.paired import tango_interval
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.jobs.process.number_range import NumberRange
from workbench.models.exports.certificate import Way
from workbench.models.exports.formats import INT8, Q4_K_M, Q8_0

MARGIN = 0.02
"""A share or a likeness that is lower by less is as good in practice."""
UNROUNDED = "unrounded"
"""Weights that were never merged, and so are more exact than the merged ones, which have 16 bits."""
MOST_SURPRISE = {"": 0.02, UNROUNDED: 0.1, Q8_0: 0.4, Q4_K_M: 1.0}
"""Nats a token, by how weights were rounded."""
MOST_UNEXPLAINED = 0.05
"""Share of the answers whose other token rounding does not explain, as long as the exact model finds the
answers as a whole as likely: programs cut texts into tokens again to compare them, and one may come apart
otherwise. Of weights in the wrong place nearly all do."""
MOST_DIFFERENCE = {"": 0.02, INT8: 0.35}
"""Of a probability; of numbers as a share of their spread."""
LEAST_SAME = {"": 0.98, INT8: 0.9}
"""Share of texts that must be sorted as before."""
_Z = 1.959963984540054


def text_way(
    name: str,
    read_by: str,
    task: str,
    questions: Questions,
    usual: Sequence[str],
    given: Sequence[str],
    judged: Sequence[Judged] | None = None,
    quantization: str = "",
) -> Way:
    """What is found of texts.

    Args:
        usual: what the exam's way answers to all questions.
        given: what this way answers.
        judged: of each answer, by the exact model; None where that was not asked.
        quantization: how the weights were rounded beyond 16 bits; `UNROUNDED` if less than that.
    """
    same = sum(a == b for a, b in zip(usual, given, strict=True))
    before, now = (_score(task, questions, answers) for answers in (usual, given))
    surprise = statistics.fmean(j.surprise for j in judged) if judged else None
    far = sum(not j.is_explained for j in judged) if judged else 0
    why = _lower(task, questions, usual, given)
    if not why and judged:
        why = _strange(surprise or 0.0, far, len(given), quantization)
    return Way(name=name, read_by=read_by, questions=len(given), same=same, score=now,
               usual_score=before, surprise=surprise, unexplained=far, passed=not why, why=why)  # fmt: skip


def sorted_way(
    name: str,
    read_by: str,
    task: str,
    questions: Questions,
    usual: tuple[Sequence[str], Sequence[float]],
    given: tuple[Sequence[str], Sequence[float]],
    quantization: str = "",
) -> Way:
    """What is found of categories and the probabilities of the chosen ones."""
    same = sum(a == b for a, b in zip(usual[0], given[0], strict=True))
    pairs = zip(usual[0], given[0], usual[1], given[1], strict=True)
    apart = max((abs(p - q) for a, b, p, q in pairs if a == b), default=0.0)
    before, now = (_score(task, questions, answers[0]) for answers in (usual, given))
    why = _lower(task, questions, usual[0], given[0])
    total = len(given[0])
    if not why and same < LEAST_SAME[quantization] * total:
        why = f"It sorts {count(total - same)} of {plural(total, 'text')} otherwise than the exam did."
    if not why and apart > MOST_DIFFERENCE[quantization]:
        why = f"Its probabilities differ by up to {apart:.2f} from the exam's."
    return Way(name=name, read_by=read_by, questions=total, same=same, score=now, usual_score=before,
               largest_difference=apart, passed=not why, why=why)  # fmt: skip


def number_way(
    name: str,
    read_by: str,
    questions: Questions,
    usual: Sequence[str],
    given: Sequence[str],
    known: NumberRange,
    quantization: str = "",
) -> Way:
    """What is found of numbers, apart by so much of their spread.

    Args:
        usual, given: the numbers as texts.
        known: of which range they are.
    """
    unit, step = known.scale, 10.0**-known.places
    each = [abs(value_of(a) - value_of(b)) for a, b in zip(usual, given, strict=True)]
    apart = math.inf if any(map(math.isnan, each)) else max(each, default=0.0)
    marked = _marked(questions, usual), _marked(questions, given)
    off = [[abs(value_of(a) - value_of(b)) / unit for a, b in own] for own in marked]
    before, now = (statistics.fmean(own) * unit if own else None for own in off)
    more = [b - a for a, b in zip(*off, strict=True)]
    why = ""
    if more and statistics.fmean(more) > MARGIN and _least_lost(off[0], off[1], more) > 0:
        why = (
            "It estimates worse than the exam's way, beyond chance: off by "
            f"{statistics.fmean(more) * unit:.3g} more ({plural(len(more), 'question')})."
        )
    if not why and apart > MOST_DIFFERENCE[quantization] * unit + step:
        why = f"Its numbers differ by up to {apart:.3g} from the exam's."
    same = sum(a == b for a, b in zip(usual, given, strict=True))
    return Way(name=name, read_by=read_by, questions=len(given), same=same, score=now, usual_score=before,
               largest_difference=apart, passed=not why, why=why)  # fmt: skip


def _strange(surprise: float, far: int, total: int, quantization: str) -> str:
    """What rounding does not explain, in a sentence; empty where it explains all of it."""
    if surprise > MOST_SURPRISE[quantization]:
        less = f"{1 - math.exp(-surprise):.0%}".replace("%", " %")
        return (
            f"Its answers are not those of the trained model: that finds them {less} less likely, token by "
            "token, than its own."
        )
    if quantization in ("", UNROUNDED) and far > MOST_UNEXPLAINED * total:
        return (
            f"{count(far)} of {plural(total, 'answer')} differ, and rounding does not explain it."
        )
    return ""


def _score(task: str, questions: Questions, answers: Sequence[str]) -> float | None:
    """In the task's own metric; None where nothing is right or wrong."""
    pairs = _marked(questions, answers)
    if not pairs or not task_named(task).asks_in_writing:
        return None
    expected, given = ([pair[side] for pair in pairs] for side in (0, 1))
    return text_scores(task, expected, given).get(task_named(task).metric)


def _marked(questions: Questions, answers: Sequence[str]) -> list[tuple[str, str]]:
    """What was wanted and what was answered, of the exam's questions with a known answer."""
    both = zip(questions.exam, answers, strict=False)
    return [(q.expected, answer) for q, answer in both if q.expected is not None]


def _lower(task: str, questions: Questions, usual: Sequence[str], given: Sequence[str]) -> str:
    """By how much the score falls, in a sentence; empty where it does not, beyond chance."""
    own, other = (_worth(task, _marked(questions, answers)) for answers in (usual, given))
    if not own or not task_named(task).asks_in_writing:
        return ""
    differences = [a - b for a, b in zip(own, other, strict=True)]
    lost = statistics.fmean(differences)
    if lost <= MARGIN or _least_lost(own, other, differences) <= 0:
        return ""
    metric = METRICS[task_named(task).metric].label
    return (
        f"It answers worse than the exam's way, beyond chance: {lost * 100:.0f} points less "
        f"({metric}, {plural(len(own), 'question')})."
    )


def _worth(task: str, pairs: Sequence[tuple[str, str]]) -> list[float]:
    about = task_named(task)
    if not pairs:
        return []
    expected, given = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if about.answers_are_free_text or about.is_right is None:
        return [float(v) / 100 for v in chrf_of(chrf_counts(expected, given))]
    return [float(about.is_right(*pair)) for pair in pairs]


def _least_lost(
    own: Sequence[float], other: Sequence[float], differences: Sequence[float]
) -> float:
    """The lower end of the 95 % interval of what is lost."""
    if set(own) | set(other) <= {0.0, 1.0}:
        only_own = sum(d > 0 for d in differences)
        only_other = sum(d < 0 for d in differences)
        return tango_interval(only_own, only_other, len(own))[0]
    if len(differences) < 2:
        return -math.inf
    spread = statistics.stdev(differences) / math.sqrt(len(differences))
    return statistics.fmean(differences) - _Z * spread

"""How good a set of answers is, as numbers."""

from collections.abc import Callable, Sequence

from workbench.core.metrics import (
    ACCURACY,
    CHRF,
    EXACT_MATCH,
    EXACT_SETS,
    MACRO_F1,
    MICRO_F1,
    PREFERRED,
    ROUGE_L,
)
from workbench.core.tasks import Task, task_named
from workbench.evaluation.scoring.by_task import category_sets, numbers
from workbench.evaluation.scoring.rouge import rouge_l

Scores = dict[str, float]


def text_scores(task: str, expected: Sequence[str], answers: Sequence[str]) -> Scores:
    """The scores of the task: shares from 0 to 1; chrF (Popović 2015) and ROUGE-L from 0 to 100;
    of numbers see `by_task.numbers`."""
    if not expected:
        return {}
    about = task_named(task)
    if about.answers_are_numbers:
        found = numbers.scores_of(numbers.numbers_in(expected), numbers.numbers_in(answers))
        return {name: found[name] for name in about.scores}
    return {name: _SCORES[name](about, expected, answers) for name in about.scores}


def _share_right(task: Task, expected: Sequence[str], answers: Sequence[str]) -> float:
    pairs = zip(expected, answers, strict=True)
    return sum(bool(task.is_right and task.is_right(*pair)) for pair in pairs) / len(expected)


def _micro_f1(task: Task, expected: Sequence[str], answers: Sequence[str]) -> float:
    return category_sets.micro_f1_sums(expected, answers).score


def _macro_f1(task: Task, expected: Sequence[str], answers: Sequence[str]) -> float:
    if task.answers_are_sets:
        return category_sets.macro_f1_sums(expected, answers).score
    from sklearn.metrics import f1_score  # see `baseline.svm_answers`

    return float(f1_score(expected, answers, average="macro", zero_division=0))


def _chrf(task: Task, expected: Sequence[str], answers: Sequence[str]) -> float:
    from sacrebleu.metrics.chrf import CHRF as Metric  # only texts need it

    return float(Metric().corpus_score(list(answers), [list(expected)]).score)


def _rouge_l(task: Task, expected: Sequence[str], answers: Sequence[str]) -> float:
    return sum(rouge_l(*pair) for pair in zip(expected, answers, strict=True)) / len(expected)


_SCORES: dict[str, Callable[[Task, Sequence[str], Sequence[str]], float]] = {
    ACCURACY: _share_right,
    MACRO_F1: _macro_f1,
    MICRO_F1: _micro_f1,
    EXACT_SETS: _share_right,
    EXACT_MATCH: _share_right,
    PREFERRED: _share_right,
    CHRF: _chrf,
    ROUGE_L: _rouge_l,
}

"""Rungs: who sits an exam, from the simplest way to answer up to the tuned model.

A model is worth its time only if it beats what is simpler. What each rung answered is a column of the
exam's answers, and its scores stand under the same name.
"""

from dataclasses import dataclass

from workbench.core.tasks import Task

FREQUENT, BASELINE, NEAREST, LEAD = "frequent", "baseline", "nearest", "lead"
LONGER, SHORTER = "longer", "shorter"
MEDIAN = "median"
BASE, EXAMPLES, TUNED = "base", "examples", "tuned"
PROMPT = "prompt"
PARENT = "parent"
"""The trained model that a training started from, asked in the words of the new one."""
PROBE = "probe"
"""What `base` is called where it is a quick layer on a frozen encoder: it has learned the categories."""
OLDER = "run "
"""How the name of an older version begins; the run's number follows."""


@dataclass(frozen=True)
class RungKind:
    """One way to answer."""

    name: str
    title: str
    """On a page, over its answers and beside its bar."""
    than: str
    """In a sentence, behind "better than"."""
    itself: str
    """In a sentence, as what is used."""
    means: str
    """What it is, in a sentence."""
    is_simple: bool
    """Whether it answers without any language model."""


RUNGS = (
    RungKind(
        FREQUENT,
        "Most frequent answer",
        "always giving the most frequent answer",
        "the most frequent answer",
        "gives every question the same answer: the most frequent one, or of texts the one that is "
        "most like all others",
        is_simple=True,
    ),
    RungKind(
        MEDIAN,
        "Median of your numbers",
        "always giving the median of your numbers",
        "the median of your numbers",
        "gives every question the same number, the one in the middle of all that you gave",
        is_simple=True,
    ),
    RungKind(
        BASELINE,
        "Simple baseline",
        "the simple baseline",
        "the simple baseline",
        "counts words and learns in a second (TF-IDF with a linear SVM; of numbers with ridge "
        "regression)",
        is_simple=True,
    ),
    RungKind(
        NEAREST,
        "Nearest example",
        "the answer of the nearest example",
        "the answer of the nearest example",
        "looks up your examples that are most like the question and gives the answer of one, unchanged",
        is_simple=True,
    ),
    RungKind(
        LEAD,
        "First sentences",
        "giving the first sentences of the text",
        "the first sentences of the text",
        "gives the first sentences of the text, up to the usual length of your answers",
        is_simple=True,
    ),
    RungKind(
        LONGER,
        "Always the longer answer",
        "always taking the longer answer",
        "always taking the longer answer",
        "takes of two answers always the longer one",
        is_simple=True,
    ),
    RungKind(
        SHORTER,
        "Always the shorter answer",
        "always taking the shorter answer",
        "always taking the shorter answer",
        "takes of two answers always the shorter one",
        is_simple=True,
    ),
    RungKind(
        BASE,
        "Before training",
        "before training",
        "the model before training",
        "is the same model as it came",
        is_simple=False,
    ),
    RungKind(
        EXAMPLES,
        "Before, with an example",
        "before training with an example before the question",
        "the model before training, shown an example before the question",
        "is the same model as it came, shown the nearest of your examples before each question",
        is_simple=False,
    ),
    RungKind(
        PROMPT,
        "With your instruction",
        "the untrained model with your instruction",
        "the model before training, told your instruction",
        "is the same model as it came, told the instruction that you kept on the Model page",
        is_simple=False,
    ),
    RungKind(
        PARENT,
        "Before this training",
        "the model that this training started from",
        "the model that this training started from",
        "is the trained model that this training went on from, asked in the same words",
        is_simple=False,
    ),
    RungKind(
        TUNED,
        "After training",
        "the trained model",
        "the trained model",
        "is the model that has learned from your examples",
        is_simple=False,
    ),
)
"""From the simplest to the tuned model."""

NAMES = tuple(rung.name for rung in RUNGS)
TITLES = {rung.name: rung.title for rung in RUNGS}
CHEAP = (FREQUENT, MEDIAN, BASELINE, NEAREST, LEAD, LONGER, SHORTER)
"""Asked in every exam: no model is needed, so they cost seconds."""
ALWAYS_THE_SAME = (FREQUENT, MEDIAN)
"""Those that do not look at the question."""
ALL = (*CHEAP, EXAMPLES)
"""Whoever can be asked beside the model before and after training."""


def in_place_for(task: Task) -> tuple[str, ...]:
    """Those that can do a model's work without one: they look at the question."""
    blind = (*ALWAYS_THE_SAME, LONGER, SHORTER)
    return tuple(name for name in cheap_for(task) if name not in blind)


def cheap_for(task: Task) -> tuple[str, ...]:
    """Those that need no model and can answer questions of the task."""
    if task.rows_are_documents:
        return ()
    if task.compares:
        return LONGER, SHORTER
    numbers = task.answers_are_numbers
    fits = {
        FREQUENT: not numbers,
        MEDIAN: numbers,
        BASELINE: task.has_categories or numbers,
        LEAD: task.shortens,
        LONGER: False,
        SHORTER: False,
    }
    return tuple(name for name in CHEAP if fits.get(name, True))


def rung_in_place(rung: str, model: str) -> str:
    """What a rung in the place of a model is called; without a rung the model's own name."""
    return f"{rung_named(rung).title} in place of {model}" if rung else model


def rung_named(name: str) -> RungKind:
    """What there is to say of a rung; of an older version by its own name."""
    found = next((rung for rung in RUNGS if rung.name == name), None)
    return found or RungKind(name, name, name, name, "is an older model of this project", False)

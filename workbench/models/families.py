"""The families of base models: what the models of each can do, and what that costs. No torch."""

from collections.abc import Collection
from dataclasses import dataclass

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import TURNS, Recipe
from workbench.core.tasks import (
    CHAT,
    CLASSIFICATION,
    COMPLETION,
    EXTRACTION,
    MULTI_LABEL,
    REGRESSION,
    SUMMARIZATION,
    TASKS,
    Task,
)


@dataclass(frozen=True)
class Family:
    """Base models that are trained, loaded and asked in one way (see `engine.families`)."""

    name: str
    """As the catalogue, specs and trained models have it, under `kind`."""
    table: str
    """The table of transformers (`models/auto/modeling_auto.py`) that lists its architectures."""
    does: str
    """What its models do, in the analyst's words."""
    purpose: str
    """A sentence on a model of which nothing else is known; {many}: how many parameters."""
    writes_text: bool
    tasks: Collection[str] | None
    """The tasks that its models can be taught; None for all."""
    limits: str
    """Why they cannot be taught the others, behind "it" or a model's name."""
    packs_weights: bool
    """Whether the base model's weights are kept in few bits while it learns."""
    start_s: float
    """Seconds to load the libraries, the model and the data."""
    process_mb: float
    """Memory of the trainer before it loads a model."""
    unused_settings: frozenset[str]
    """Fields of a recipe that mean nothing for its models."""
    answering: str
    """What a job does that asks a model: "Answering 12 rows"."""
    base_title: str
    """Who it is that answers first in an exam."""
    base_means: str
    """What "before training" is in an exam."""
    before: str
    """When the first of two compared scores was reached."""
    types: Collection[str] | None = None
    """Those of the table's architectures that can be trained here; None for all."""
    base_is_probe: bool = False
    """Whether "before training" has learned the categories, in a quick layer on top (a probe)."""
    reads_apart: bool = False
    """Whether the question is one text (the encoder's) and the answer another (the decoder's), with
    no chat template around them."""
    packed_for_exam: float = 0.0
    """Bytes of weights that are packed once more on a CPU, to write an exam's answers quickly; larger
    models write them as transformers does."""

    def can_learn(self, task: str) -> bool:
        """Whether its models can be taught the task of this name."""
        return self.tasks is None or task in self.tasks

    def may_be_asked_by_turns(self, recipe: Recipe, task: Task) -> bool:
        """Whether the exam of a training may be by turns, if its version has some."""
        return task.asks_in_writing if self.writes_text else recipe.is_by_turns

    def is_asked_by_turns(self, recipe: Recipe, task: Task) -> bool:
        """Whether it is."""
        return recipe.exam == TURNS and self.may_be_asked_by_turns(recipe, task)


CAUSAL = Family(
    name="causal",
    table="MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
    does="writes text",
    purpose="Writes texts: replies, answers, fields; a language model{many}.",
    writes_text=True,
    tasks=frozenset(TASKS) - {REGRESSION.name},
    limits="writes texts and does not estimate numbers",
    packs_weights=True,
    start_s=3.8,
    process_mb=460.0,
    unused_settings=frozenset({"method", "objective", "held_out_turns"}),
    answering="Answering",
    base_title="The base model",
    base_means=(
        "**Before training** is the same model as it came, asked in exactly the same words."
    ),
    before="before the training",
    packed_for_exam=1e9,
)
ENCODER = Family(
    name="encoder",
    table="MODEL_FOR_MASKED_LM_MAPPING_NAMES",
    does="reads and sorts",
    purpose="Reads texts and sorts them into categories, or estimates a number; an encoder{many}.",
    writes_text=False,
    tasks=frozenset({CLASSIFICATION.name, MULTI_LABEL.name, REGRESSION.name}),
    limits="only sorts texts into categories or estimates numbers",
    packs_weights=False,
    start_s=3.5,
    process_mb=450.0,
    unused_settings=frozenset(
        {
            "quantization",
            "double_quant",
            "eval_max_new_tokens",
            "eval_max_rows",
            "lean_on_examples",
            "loss",
            "beta",
        }
    ),
    answering="Sorting",
    base_title="The encoder before tuning",
    base_means=(
        "**Before training** is the same model as it came, with only a quick layer on top "
        "that knows your categories (a frozen-embedding probe), since it cannot answer without one."
    ),
    before="before fine-tuning",
    base_is_probe=True,
)
SEQ2SEQ = Family(
    name="seq2seq",
    table="MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES",
    does="rewrites text",
    purpose="Reads a text and writes another: summaries, replies, fields; an encoder-decoder{many}.",
    writes_text=True,
    tasks=frozenset(
        task.name
        for task in (CLASSIFICATION, MULTI_LABEL, COMPLETION, SUMMARIZATION, CHAT, EXTRACTION)
    ),
    limits="turns one text into another and does not go on with texts or estimate numbers",
    packs_weights=True,
    start_s=3.8,
    process_mb=460.0,
    unused_settings=frozenset(
        {"method", "objective", "held_out_turns", "lean_on_examples", "loss", "beta"}
    ),
    answering="Answering",
    base_title=CAUSAL.base_title,
    base_means=CAUSAL.base_means,
    before=CAUSAL.before,
    types=frozenset(
        {
            "bart",
            "blenderbot",
            "blenderbot-small",
            "led",
            "longt5",
            "m2m_100",
            "marian",
            "mbart",
            "mt5",
            "mvp",
            "pegasus",
            "pegasus_x",
            "plbart",
            "prophetnet",
            "t5",
            "umt5",
        }
    ),
    reads_apart=True,
)
FAMILIES = {family.name: family for family in (CAUSAL, ENCODER, SEQ2SEQ)}


def family_named(name: str) -> Family:
    """The family of this name.

    Raises:
        WorkbenchError: models of it cannot be trained here.
    """
    if name not in FAMILIES:
        raise WorkbenchError(
            f"Models of the kind '{name}' cannot be trained here yet: choose one that writes or "
            "rewrites text, or an encoder to sort into categories."
        )
    return FAMILIES[name]


def model_for(task: str) -> str:
    """What to choose for a task that a model cannot learn, with an example."""
    if CAUSAL.can_learn(task):
        return "a model that writes text, for example SmolLM2-135M-Instruct"
    return "an encoder, for example all-MiniLM-L6-v2"

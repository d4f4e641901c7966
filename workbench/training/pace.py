"""How long a training takes: loading, learning, checks, the exam.

Work is counted in operations over what the machine was measured to do: forward 2 for each number
and token, backward 2 with frozen weights and 4 with trained ones (Kaplan et al. 2020, "Scaling
laws", section 2.1), attention by pairs of tokens; to that comes what a batch costs whatever is in it:
packed weights that are unpacked on both ways, and a call for each layer. The constants are fitted on
the lines that `scripts/bench_estimates.py` marks.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.core.recipe import Recipe
from workbench.core.tasks import task_named
from workbench.models.families import family_named
from workbench.models.model_info import ModelInfo
from workbench.system.hardware import Hardware
from workbench.training.lengths import Lengths
from workbench.training.memory import (
    at_once,
    by_windows,
    longest,
    packs_for_exam,
    trained_weights,
)

FORWARD, LORA_BACK, FULL_BACK = 2.0, 2.0, 4.0
EFFICIENCY = 0.5
"""Share of the measured speed that a batch reaches."""
PLAIN_ATTENTION = 8.0
"""How many times the operations of an encoder's attention cost those of its layers: it is computed
plainly on a CPU."""
LOOP_S = 1.2
"""Seconds to begin and end learning: checkpoints, the first call of everything."""
PROBE_S = 0.7
"""Seconds to fit an encoder's probe to what was read, its libraries included."""
RELOAD_S, COMPARING_S = 1.0, 1.5
"""Seconds to load a model again for its exam, and an encoder's with the simple baseline."""
UNPACKING_S = 1.6e-9
"""Seconds to unpack a packed number once, on one core."""
LAYER_S = 1.5e-3
"""Seconds of a batch for each layer, there and back, beside its operations."""
TRAINED_WEIGHT_S = 6e-9
"""Seconds a correction needs for each number that is trained."""
PACKING_S = 25e-9
"""Seconds to pack a number when the model is loaded."""
CHECKPOINT_FACTOR = 1.33
WORD_LAYER_S, WORD_NUMBER_S = 0.8e-3, 0.25e-9
"""Seconds of each written token for a layer, and for each number of the model, which is read anew."""
WRITTEN_AT_ONCE = 16
PACKED_SHARE = 0.5
"""Of the time that answers take, where an engine writes them with packed weights
(`scripts/serving/bench_exam.py`)."""
PARTS = 4
"""In which a batch of few examples goes through an encoder (`engine.encoder.few.contrastive`)."""
TRIED = 3
"""Mixtures of start and end that a turn tries, each of which reads all texts."""
EXAM_TURNS = 5
"""Of an exam by turns (`data.splits.turns`)."""
PRACTICE = 0.125
"""Practice questions for each example that is learned from."""


@dataclass(frozen=True)
class PastRun:
    """What an earlier run, or a measurement, of the same base model and method took here."""

    examples_per_second: float
    mean_tokens: float
    max_length: int


def step_count(recipe: Recipe, rows: int) -> int:
    """Corrections of the whole run."""
    if recipe.max_steps > 0:
        return recipe.max_steps
    batch = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
    return max(1, math.ceil(math.ceil(rows / batch) * recipe.num_train_epochs))


def run_seconds(
    hardware: Hardware,
    model: ModelInfo,
    recipe: Recipe,
    task: str,
    lengths: Lengths,
    rows: int,
    written_rows: int,
    history: Sequence[PastRun] = (),
) -> float:
    """Seconds of the whole run.

    Args:
        written_rows: exam questions that are answered, by base and tuned model each.
        history: earlier runs, the newest first; they know better what a step takes.
    """
    learned = lengths.within(longest(model, recipe))
    read = lengths if by_windows(model, recipe) else learned
    work = _Work(hardware, model, recipe, learned, read)
    steps = step_count(recipe, rows)
    learning = LOOP_S + steps * work.step(rows)
    if history:
        batch = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
        learning = LOOP_S + steps * batch * _seconds_per_example(history, work.tokens)
    checks = work.checks(rows, steps)
    if recipe.is_by_turns:
        turns = EXAM_TURNS if recipe.asks_by_turns else recipe.held_out_turns
        learning *= 1 + turns * recipe.turn_steps(steps) / steps
        checks = (1 + TRIED * turns) * work.reading(rows)
    whole = work.start() + work.reading(rows) + learning + checks + work.exam(task, written_rows)
    if work.writes and family_named(model.family).is_asked_by_turns(recipe, task_named(task)):
        return whole + EXAM_TURNS * work.turn(task, rows, learning + checks)
    return whole


def _seconds_per_example(history: Sequence[PastRun], tokens: float) -> float:
    """The middle of the last three runs, longer for longer examples."""
    return statistics.median(
        max(0.25, min(4.0, tokens / max(1.0, min(past.mean_tokens, past.max_length))))
        / past.examples_per_second
        for past in history[:3]
    )


@dataclass(frozen=True)
class _Work:
    hardware: Hardware
    model: ModelInfo
    recipe: Recipe
    lengths: Lengths
    """Of what is learned from at once."""
    read: Lengths
    """Of what is read where nothing is learned: of an encoder's long texts all windows."""

    @property
    def writes(self) -> bool:
        return family_named(self.model.family).writes_text

    @property
    def tokens(self) -> float:
        """Of an example, on average; both texts where there are two."""
        apart = family_named(self.model.family).reads_apart
        return self.lengths.mean + self.lengths.answer_mean * apart

    @property
    def speed(self) -> float:
        """Operations a second."""
        return self.hardware.gflops * 1e9 * EFFICIENCY

    @property
    def is_packed(self) -> bool:
        packs = family_named(self.model.family).packs_weights and self.model.packed_layers != 0
        return packs and self.recipe.quantization != "none"

    @property
    def body(self) -> float:
        """Numbers that every token is multiplied with; an encoder-decoder's token meets half."""
        facts = self.model.layer_facts
        own = facts.packable or max(0, facts.other - facts.vocab * facts.hidden)
        return own / (2 if family_named(self.model.family).reads_apart else 1)

    def start(self) -> float:
        packing = self.model.layer_facts.packable * PACKING_S * self.is_packed
        return family_named(self.model.family).start_s + packing

    def batch(self, size: float, back: float, *, packed: bool = True) -> float:
        """Seconds of one batch."""
        facts = self.model.layer_facts
        tokens = self.tokens if back or self.writes else max(1.0, self.read.mean)
        ways = FORWARD + back
        pairs = (
            2 * ways * min(tokens, at_once(self.model, self.recipe)) * facts.hidden * facts.layers
        )
        per_token = ways * self.body + pairs * (1 if self.writes else PLAIN_ATTENTION)
        if self.writes:
            per_token += 4 * facts.vocab * facts.hidden * self.lengths.answer_mean / tokens
        both = 2 if back else 1
        unpacking = facts.packable * UNPACKING_S * both / self.hardware.cores
        unpacking *= self.is_packed and packed
        return size * tokens * per_token / self.speed + unpacking + facts.layers * LAYER_S * both

    def reading(self, rows: int) -> float:
        """An encoder reads every example once before it learns, and a probe is fitted to that."""
        return 0.0 if self.writes else PROBE_S + self.batch(rows * (1 + PRACTICE), 0.0)

    def step(self, rows: int) -> float:
        """Seconds of one correction."""
        full = self.recipe.method == "full"
        one = self.batch(self.recipe.per_device_train_batch_size, FULL_BACK if full else LORA_BACK)
        if self.recipe.gradient_checkpointing:
            one *= CHECKPOINT_FACTOR
        if self.recipe.is_by_turns:
            one += (PARTS - 1) * 2 * self.model.layer_facts.layers * LAYER_S
        changed = trained_weights(self.model, self.recipe, rows * self.tokens) * TRAINED_WEIGHT_S
        return self.recipe.gradient_accumulation_steps * one + changed

    def turn(self, task: str, rows: int, learning: float) -> float:
        """A turn of a model that writes: it learns the other rows, and answers its own."""
        asked = math.ceil(rows / EXAM_TURNS)
        every = replace(self, recipe=self.recipe.changed(eval_max_rows=asked))
        return self.start() + learning * (1 - 1 / EXAM_TURNS) + every.exam(task, asked)

    def checks(self, rows: int, steps: int) -> float:
        """Scoring the practice questions, forward only, before and now and then."""
        size = self.recipe.per_device_train_batch_size
        batch = size * self.recipe.gradient_accumulation_steps
        passes = max(1.0, steps * batch / max(1, rows) * self.recipe.evals_per_epoch)
        times = passes + self.writes if self.writes else 2 * passes
        return times * math.ceil(rows * PRACTICE / size) * self.batch(size, 0.0)

    def exam(self, task: str, questions: int) -> float:
        """Base and tuned model each are loaded again, are scored on all questions, and answer."""
        scoring = 2 * questions / 8 * self.batch(8, 0.0, packed=False)
        asked = min(questions, self.recipe.eval_max_rows)
        if not questions:
            return 0.0
        if not self.writes:
            return COMPARING_S + scoring
        again = RELOAD_S + self.model.layer_facts.packable * PACKING_S * self.is_packed + scoring
        if task_named(task).answers_are_categories:
            return again + 2 * asked * 1.5 * self.batch(1, 0.0, packed=False)
        return again + scoring * asked / questions + self.writing(asked)

    def writing(self, asked: int) -> float:
        """Both write their answers, some at once, a token after the other."""
        facts = self.model.layer_facts
        tokens = min(self.recipe.eval_max_new_tokens, 1.5 * self.lengths.answer_mean)
        operations = min(asked, WRITTEN_AT_ONCE) * FORWARD * facts.parameters / self.speed
        token = facts.layers * WORD_LAYER_S + facts.parameters * WORD_NUMBER_S + operations
        share = PACKED_SHARE if packs_for_exam(self.hardware, self.model) else 1.0
        return 2 * math.ceil(asked / WRITTEN_AT_ONCE) * tokens * token * share

"""How much memory a training takes, phase by phase: loading, learning, the exam.

What a model's layers keep for the way back was traced (`models.layer_facts`); the rest is counted.
The constants are fitted on the lines that `scripts/bench_estimates.py` marks, and hold for the
others. Megabytes are 10^6 bytes.
"""

import math
from dataclasses import dataclass

from workbench.core.long_texts.ways import LEARNED_WINDOWS, WINDOWS, way_for
from workbench.core.recipe import Recipe
from workbench.core.tasks import task_named
from workbench.models.families import Family, family_named
from workbench.models.layer_facts import (
    DROPOUT,
    FULL,
    ITEM_BYTES,
    LORA,
    TRACED_R,
    LayerFacts,
)
from workbench.models.model_info import ModelInfo
from workbench.system.hardware import Hardware
from workbench.training.lengths import Lengths

PACKED_BYTES = {"nf4": 0.53, "int8": 1.02}
"""Per packed number, with its scales."""
ADAM_BYTES, ADAM_8_BIT_BYTES = 8.0, 2.06
"""Per trained number: the two moments."""
WEIGHT_AND_GRADIENT = 8.0
LOGITS_AT_ONCE = 2**24
"""As `engine.causal.loss` has it."""
LOGIT_BYTES = 14.0
"""Of a number while its loss and gradient are computed: in 16 bits, as float32, and both again."""
TOKENS_AT_ONCE = {False: 4096, True: 32_768}
"""That go through an encoder together, on a CPU and on a GPU (`engine.encoder.encoder`)."""
LENGTH_STEP = 16
"""Batches are padded to multiples of this many tokens."""
HELD_SHARE = {LORA: 1.37, DROPOUT: 1.37, FULL: 1.0}
"""Of what is kept: with it what is held beside it on the way back, and the holes in the heap. Where
all weights are trained, the moments that the last part counts come after the first, longest batch."""
BLOCK_SHARE = 4.0
"""Of what one block keeps, while it is computed again."""
RESIDUE_BYTES, HEAP_BYTES = 2.5, 2**25
"""Per packed number: the holes that unpacking each layer leaves between what is kept. Larger pieces
than that go back at once."""
UNPACKED_BYTES = 6.0
"""Per number of the largest layer, while it is unpacked."""
SEEN_WORDS = 25.0
"""Texts of n tokens use about so many times the root of n different ones (Heaps' law)."""
EXAM_BATCH, LOSS_BATCH = {False: 16, True: 64}, 8
"""Answers written at once, on a CPU and on a GPU; examples whose loss is measured at once."""
UNPACKED_ROOM = 1.3
"""Free memory needed to write with unpacked weights, in sizes of these (`engine.causal.model`)."""
CACHE_COPIES = 4.0
"""Of what is kept of each token while it writes: it grows with every token, and the heap with it."""
LEFT_SHARE, LEFT = 0.05, 280e6
"""Of what a training keeps, and of its loading: still in the heap when its exam begins."""
SCORED_BYTES = 4.0
"""Per number of the scores of all tokens, while the exam measures its loss."""
LOADING = 100e6
"""What reading the files and packing needs for a moment."""
TURN_COPIES = 2
"""Of the trained weights, beside the start, where a training is tried with examples held out."""
SHAPES = 130e6
"""What batches of every length leave in the heap of an encoder's training."""
BASELINE = 250e6
"""Bytes of the simple baseline that an encoder's exam compares with, its libraries included."""


@dataclass(frozen=True)
class Phases:
    """Most megabytes that the trainer holds in each phase."""

    load: float
    training: float
    exam: float

    @property
    def most(self) -> float:
        """Of the whole run."""
        return max(self.load, self.training, self.exam)

    def as_dict(self) -> dict[str, float]:
        """For JSON, in whole megabytes."""
        return {name: round(value) for name, value in vars(self).items()}


def trained_weights(model: ModelInfo, recipe: Recipe, tokens: float = 0.0) -> float:
    """How many numbers change: LoRA's, or all, of the word embeddings those that occur.

    Args:
        tokens: of all texts that are learned from; 0 counts every word embedding.
    """
    facts = model.layer_facts
    if recipe.method != "full":
        return float(recipe.r * facts.adapted(recipe.target_modules)[1])
    words = facts.vocab if not tokens else min(facts.vocab, SEEN_WORDS * tokens**0.5)
    return facts.parameters - (facts.vocab - words) * facts.hidden


def phases(
    hardware: Hardware, model: ModelInfo, recipe: Recipe, task: str, lengths: Lengths, rows: int
) -> Phases:
    """What each phase of a training takes.

    Args:
        rows: examples to learn from.
    """
    need = _Need(hardware, model, recipe, lengths.within(longest(model, recipe)), rows)
    return Phases(need.load(), need.training(), need.exam(task))


def longest(model: ModelInfo, recipe: Recipe) -> int:
    """Tokens of an example that are learned from at once."""
    once = at_once(model, recipe)
    return once * LEARNED_WINDOWS if by_windows(model, recipe) else once


def at_once(model: ModelInfo, recipe: Recipe) -> int:
    """Tokens that a model reads as one piece."""
    return min(recipe.max_length, model.context_length or recipe.max_length)


def by_windows(model: ModelInfo, recipe: Recipe) -> bool:
    """Whether longer texts are read window by window."""
    writes = family_named(model.family).writes_text
    return way_for(recipe.long_texts, writes_text=writes) == WINDOWS


def packs_for_exam(hardware: Hardware, model: ModelInfo) -> bool:
    """Whether a model's weights are packed once more to write the exam's answers; of few kinds they cannot be."""
    most = family_named(model.family).packed_for_exam
    plain = model.layer_facts.parameters * ITEM_BYTES[hardware.dtype]
    return hardware.gpu_name is None and plain <= most


@dataclass(frozen=True)
class _Need:
    hardware: Hardware
    model: ModelInfo
    recipe: Recipe
    lengths: Lengths
    rows: int

    @property
    def family(self) -> Family:
        return family_named(self.model.family)

    @property
    def facts(self) -> LayerFacts:
        return self.model.layer_facts

    @property
    def dtype(self) -> str:
        return self.hardware.dtype

    @property
    def way(self) -> str:
        if self.recipe.method == "full":
            return FULL
        return DROPOUT if self.recipe.lora_dropout else LORA

    @property
    def on_gpu(self) -> bool:
        return self.hardware.gpu_name is not None

    def base(self) -> float:
        return self.family.process_mb * 1e6

    @property
    def is_packed(self) -> bool:
        """Whether the base model's layers are in few bits."""
        can = self.family.packs_weights and self.model.packed_layers != 0
        return can and self.recipe.quantization in PACKED_BYTES

    def weights(self) -> float:
        """Bytes of the model at rest."""
        item = ITEM_BYTES[self.dtype] if self.family.packs_weights else 4
        packed = PACKED_BYTES[self.recipe.quantization] if self.is_packed else item
        return self.facts.packable * packed + self.facts.other * item

    def load(self) -> float:
        """While it is read: the pages of its files lie beside packed weights, and serve as others."""
        file, own = self.model.size_bytes, self.weights()
        held = file + own if self.is_packed else max(file, own)
        return (self.base() + held + LOADING * self.is_packed) / 1e6

    def training(self) -> float:
        seen = self.rows * self.lengths.mean
        trained = trained_weights(self.model, self.recipe, seen)
        moments = ADAM_8_BIT_BYTES if "8bit" in self.recipe.optim else ADAM_BYTES
        learned = trained * (WEIGHT_AND_GRADIENT + moments)
        kept = self.kept()
        held = self.base() + self.weights() + learned + self.logits() + self.residue()
        held += kept * HELD_SHARE[self.way]
        if self.family.packs_weights:
            held += self.facts.widest * UNPACKED_BYTES
        else:
            held += trained * 4 + self.rows * self.facts.hidden * 4  # the start; what was read once
            held += SHAPES + trained * TURN_COPIES * 4 * self.recipe.is_by_turns
        return held / 1e6

    def residue(self) -> float:
        """The holes that unpacking leaves in the heap."""
        in_heap = self.facts.widest * ITEM_BYTES[self.dtype] <= HEAP_BYTES
        return self.facts.packable * RESIDUE_BYTES * (self.is_packed and in_heap)

    def examples(self) -> int:
        """That go through the model at once."""
        batch = min(self.recipe.per_device_train_batch_size, max(1, self.rows))
        if self.family.writes_text:
            return batch
        most = TOKENS_AT_ONCE[self.on_gpu]
        return max(1, min(batch, int(most // max(1.0, self.lengths.longest))))

    def padded(self) -> tuple[float, float]:
        """Tokens of the longest example, or of its longest window, as it is padded."""
        apart = self.family.reads_apart
        source = min(self.lengths.longest, at_once(self.model, self.recipe))
        return _padded(source), _padded(self.lengths.answer_longest) * apart

    def windows(self) -> int:
        """Of the longest example that go through the model at once."""
        return max(1, math.ceil(self.lengths.longest / at_once(self.model, self.recipe)))

    def kept(self) -> float:
        """Bytes kept for the way back, of the batch with the longest examples."""
        source, target = self.padded()
        layers, tokens = self.facts.adapted(self.recipe.target_modules)[0], source + target
        item = ITEM_BYTES[self.dtype]
        one = self.facts.kept_bytes(self.way, self.dtype, source, target)
        fixed = self.facts.fixed_bytes(self.way, self.dtype)
        if self.way != FULL:
            one += (self.recipe.r - TRACED_R) * layers * item * tokens
            fixed *= self.recipe.r / TRACED_R if self.family.packs_weights else 1.0
        if self.recipe.gradient_checkpointing:
            blocks = max(1, self.facts.layers)
            one = min(one, one / blocks * BLOCK_SHARE + blocks * self.facts.hidden * item * tokens)
        return self.examples() * self.windows() * one + fixed

    def logits(self) -> float:
        """Bytes for the scores of all words of the vocabulary."""
        if not self.family.writes_text:
            return 0.0
        source, target = self.padded()
        numbers = self.examples() * (target or source) * self.facts.vocab
        if not self.facts.whole_logits:
            numbers = min(numbers, LOGITS_AT_ONCE)
        return numbers * LOGIT_BYTES

    def exam(self, task: str) -> float:
        """After the model was loaded again, with what the training left in the heap."""
        left = self.kept() * LEFT_SHARE
        if not self.family.writes_text:
            return (self.base() + 2 * self.weights() + left + BASELINE) / 1e6
        item = ITEM_BYTES[self.dtype]
        plain = self.facts.parameters * item
        weights = self.weights()
        if self.recipe.quantization == "nf4" and self.is_packed and self._has_room(plain):
            weights += plain + self.facts.widest * UNPACKED_BYTES
        if packs_for_exam(self.hardware, self.model):
            weights += plain
        source, target = self.padded()
        asked = EXAM_BATCH[self.on_gpu]
        question = max(source - self.lengths.answer_mean, source / 4)
        tokens = asked * (question + self.recipe.eval_max_new_tokens)
        if task_named(task).answers_are_categories:
            tokens = asked * (source + target)
        cache = tokens * self.facts.cache * item * CACHE_COPIES
        numbers = LOSS_BATCH * (target or source) * self.facts.vocab
        logits = numbers * LOGIT_BYTES
        if not self.facts.whole_logits:
            logits = min(numbers, LOGITS_AT_ONCE) * LOGIT_BYTES + numbers * SCORED_BYTES
        left += LEFT if self.is_packed else LEFT / 2
        return (self.base() + weights + left + max(cache, logits)) / 1e6

    def _has_room(self, plain: float) -> bool:
        """Whether the weights are unpacked to write (`engine.causal.model`)."""
        return self.hardware.training_memory_gb * 1e9 - self.base() > plain * UNPACKED_ROOM


def _padded(tokens: float) -> float:
    return -(-tokens // LENGTH_STEP) * LENGTH_STEP

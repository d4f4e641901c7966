"""Three recipes that are right for most: a quick look, a balanced one, a thorough one."""

from dataclasses import dataclass

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import AUTO, CONTRASTIVE, NO, TURNS, Recipe
from workbench.core.tasks import Task, task_named
from workbench.models.families import family_named


@dataclass(frozen=True)
class Preset:
    """One of the three, in the analyst's words."""

    name: str
    title: str
    purpose: str


PRESETS = {
    preset.name: preset
    for preset in (
        Preset("quick", "Quick look", "Shows whether it can work at all."),
        Preset("balanced", "Balanced", "The usual choice: most of the quality in little time."),
        Preset("thorough", "Thorough", "The best that these examples give, for the final model."),
    )
}


def preset(
    name: str, *, task: str, family: str, rows: int, turns: bool = False, pair: bool = False
) -> Recipe:
    """The preset's recipe for a task and a family of models.

    Args:
        rows: examples to learn from; few of them are seen more often.
        turns: whether the rows have turns: few are then all asked, and all learned from.
        pair: whether each row is two texts, which an encoder learns by categories, however few: what
            two pairs of one category have in common is no likeness of texts, which contrast teaches.

    Raises:
        WorkbenchError: there is no preset of this name.
    """
    if name not in PRESETS:
        raise WorkbenchError(f"There is no preset '{name}': choose one of {', '.join(PRESETS)}.")
    if family_named(family).writes_text:
        recipe = _writer(name, task_named(task), rows)
        if task_named(task).compares:
            return _comparer(name, recipe)
        few = rows <= FEW_LEANED and "lean_on_examples" not in family_named(family).unused_settings
        leans = few and task_named(task).can_lean_on_examples
        return recipe.changed(lean_on_examples=AUTO if leans else NO)
    if task_named(task).answers_are_sets or task_named(task).answers_are_numbers:
        return _any_read(name, rows)
    if pair and rows <= FEW_READ:
        return _passes_of_few(_reader(name), name)
    found = _few_read(name, rows) if rows <= FEW_READ else _reader(name)
    return found.changed(exam=TURNS) if turns and found.is_by_turns else found


def _reader(name: str) -> Recipe:
    # Measured on BANKING77 (scripts/bench.py banking77).
    epochs = {"quick": 2.0, "balanced": 3.5, "thorough": 5.0}[name]
    return Recipe(
        method="full",
        quantization="none",
        learning_rate=4e-4,
        lr_scheduler_type="linear",
        warmup_ratio=0.06,
        weight_decay=0.01,
        label_smoothing_factor=0.1,
        per_device_train_batch_size=64,
        num_train_epochs=epochs,
        max_length=256,
        evals_per_epoch=1.0,
    )


def _few_read(name: str, rows: int) -> Recipe:
    # Measured by scripts/few/bench_few.py.
    share, turns = {"quick": (0.5, 1), "balanced": (1.0, 2), "thorough": (2.0, 3)}[name]
    steps = min(FEW_STEPS[1], max(FEW_STEPS[0], round(rows * FEW_STEPS_A_ROW)))
    return _reader(name).changed(
        objective=CONTRASTIVE,
        learning_rate=5e-5,
        warmup_ratio=0.1,
        max_steps=round(steps * share),
        held_out_turns=turns if rows > FEW_TURNS else min(5, turns + 1),
    )


def _any_read(name: str, rows: int) -> Recipe:
    """Several categories a text, or a number: the head is learned directly, from few rows, too."""
    found = _reader(name).changed(label_smoothing_factor=0.0)
    if rows > FEW_READ:
        return found
    return _passes_of_few(found, name)


def _passes_of_few(recipe: Recipe, name: str) -> Recipe:
    epochs = {"quick": 3.0, "balanced": 6.0, "thorough": 10.0}[name]
    return recipe.changed(
        per_device_train_batch_size=16, learning_rate=1e-4, num_train_epochs=epochs
    )


QUICK_EXAMPLES = 480
"""A quick look sees at most so many examples: 60 corrections, a few minutes on two cores."""
FEW, MANY = 1_000, 5_000
FEW_READ = 2_000
"""Up to so many rows an encoder learns by contrast, and from practice questions as well."""
FEW_LEANED = 1_000
"""Up to so many rows answers may lean on examples: of more, weights keep enough by themselves."""
FEW_STEPS, FEW_STEPS_A_ROW = (50, 100), 0.4
"""Corrections of 64 texts: so many at least and at most, and for each row."""
FEW_TURNS = 500
"""Of fewer rows a fifth says little: one more turn is taken."""


def _writer(name: str, task: Task, rows: int) -> Recipe:
    passes = _passes(name, rows)
    long = task.rows_are_documents
    return Recipe(
        r=32 if name == "thorough" else 16,
        lora_alpha=32,
        # On a CPU dropout costs a quarter of the time and twice the memory of what it guards.
        lora_dropout=0.0,
        learning_rate=1e-3 if rows < FEW else 5e-4,
        num_train_epochs=passes,
        # Eight examples a correction; of long ones few at once: what is kept of each token for the
        # way back is what takes the memory.
        per_device_train_batch_size=2 if long else 8,
        gradient_accumulation_steps=4 if long else 1,
        evals_per_epoch=2.0 if passes > 1 else round(3.0 / passes, 2),
        eval_max_rows={"quick": 40, "balanced": 100, "thorough": 200}[name],
        eval_max_new_tokens=task.max_new_tokens,
    )


def _comparer(name: str, recipe: Recipe) -> Recipe:
    """Pairs of answers: small steps, since a model is moved from where it is and not taught anew."""
    # Measured by scripts/evaluation/bench_preferences.py.
    return recipe.changed(
        learning_rate=1e-4,
        num_train_epochs={"quick": 1.0, "balanced": 3.0, "thorough": 5.0}[name],
        per_device_train_batch_size=4,
        gradient_accumulation_steps=2,
        warmup_ratio=0.1,
    )


def _passes(name: str, rows: int) -> float:
    if name == "quick":
        return round(min(1.0, QUICK_EXAMPLES / max(1, rows)), 5)
    few, some, many = {"balanced": (3.0, 2.0, 1.0), "thorough": (6.0, 4.0, 2.0)}[name]
    return few if rows < FEW else some if rows < MANY else many

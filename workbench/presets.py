"""Three recipes that are right for most: a quick look, a balanced one, a thorough one."""

from dataclasses import dataclass

from workbench.errors import WorkbenchError
from workbench.recipe import Recipe


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


def preset(name: str, *, task: str, kind: str, rows: int) -> Recipe:
    """The preset's recipe for a task and a kind of model (causal or encoder).

    Args:
        rows: examples to learn from; few of them are seen more often.

    Raises:
        WorkbenchError: there is no preset of this name.
    """
    if name not in PRESETS:
        raise WorkbenchError(f"There is no preset '{name}': choose one of {', '.join(PRESETS)}.")
    if kind == "encoder":
        return _encoder(name)
    return _causal(name, rows)


def _encoder(name: str) -> Recipe:
    # Measured on BANKING77 (scripts/bench.py banking77).
    epochs = {"quick": 2.0, "balanced": 5.0, "thorough": 8.0}[name]
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


def _causal(name: str, rows: int) -> Recipe:
    epochs = {"quick": 1.0, "balanced": 3.0, "thorough": 6.0}[name]
    if rows < 1000 and name != "quick":
        epochs *= 1.5
    return Recipe(num_train_epochs=epochs, learning_rate=4e-4 if rows < 1000 else 2e-4)

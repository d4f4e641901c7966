"""Which model to begin with."""

from dataclasses import dataclass

from storage.database import Store
from workbench.core.tasks import task_named
from workbench.models.catalogue import list_models
from workbench.models.model_info import ModelInfo


@dataclass(frozen=True)
class Recommendation:
    """The model to begin with for a task, and why."""

    model: ModelInfo
    reason: str


def recommend(store: Store, task: str, examples: int, *, has_gpu: bool = False) -> Recommendation:
    """The bundled model to begin with for a task on this machine, and the reason."""
    models = {model.name: model for model in list_models(store)}
    if task_named(task).answers_are_categories:
        device = "even without a GPU" if not has_gpu else "on your GPU in no time"
        few = (
            " Fewer than 200 examples are enough to try, but more would help."
            if 0 < examples < 200
            else ""
        )
        return Recommendation(
            models["all-MiniLM-L6-v2"],
            "To sort a text, a model only has to read it. This one reads the whole text at once "
            f"instead of writing word by word, so it learns in minutes {device}, and is usually "
            f"more accurate than a small model that writes.{few}",
        )
    return Recommendation(
        models["SmolLM2-135M-Instruct"],
        "Your task needs a model that writes text. This one already follows instructions and is "
        "small enough to learn from your examples on this machine.",
    )

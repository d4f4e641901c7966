"""Whether a training can start: what can be known to go wrong before anything runs."""

import shutil

from storage import cache, files
from storage.tables import DatasetVersion, Run
from workbench.core.errors import WorkbenchError
from workbench.core.fields.field import KEY as FIELDS
from workbench.core.fields.field import fields_in, with_help
from workbench.core.long_texts.ways import refusal
from workbench.core.recipe import Recipe, from_dict
from workbench.core.tasks import task_named
from workbench.core.tasks.descriptions import OUT_OF_SCOPE, descriptions_in
from workbench.core.tasks.text_pair import headings_of
from workbench.core.words import size
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.repeat import Repeat
from workbench.jobs.process.specs import TrainSpec
from workbench.models.families import family_named, model_for
from workbench.models.model_info import FAILED, ModelInfo, can_learn
from workbench.training.chain import Start
from workbench.training.estimate import disk_mb

_SPARE_MB = 200
"""Left free on the disk for logs, the database and everything else."""


def check(model: ModelInfo, version: DatasetVersion, recipe: Recipe) -> None:
    """Refuse what cannot end well.

    Raises:
        WorkbenchError: model, data and disk do not go together; what to do instead.
    """
    if not can_learn(model, version.task):
        raise WorkbenchError(
            f"{model.name} {family_named(model.family).limits}, but these examples are for "
            f"something else: choose {model_for(version.task)}."
        )
    if sentence := refusal(recipe.long_texts, writes_text=family_named(model.family).writes_text):
        raise WorkbenchError(sentence)
    if model.state == FAILED:
        raise WorkbenchError(
            f"The files of {model.name} are not in {model.path}: put them back, or download or "
            "add the model again on the Model page."
        )
    if not version.splits.get("train") and descriptions_in(version.mapping):
        if family_named(model.family).writes_text:
            raise WorkbenchError(
                f"{model.name} writes text, and learns that from examples only: to sort by the "
                "descriptions of your categories, choose an encoder, for example all-MiniLM-L6-v2."
            )
    elif not version.splits.get("train"):
        raise WorkbenchError(
            "There are no examples to learn from: save the data again with a larger training part."
        )
    _check_disk(model, version, recipe)


def _check_disk(model: ModelInfo, version: DatasetVersion, recipe: Recipe) -> None:
    rows = int(version.splits["train"])
    needed_mb = disk_mb(model, recipe, rows) + _SPARE_MB
    free_mb = shutil.disk_usage(files.home()).free / 1e6
    if free_mb < needed_mb:
        raise WorkbenchError(
            f"The training needs about {size(needed_mb * 1e6)} on the disk of {files.home()}, "
            f"but only {size(free_mb * 1e6)} are free: free some space, then start it."
        )


def _question_source(version: DatasetVersion) -> str:
    """The column or template that what comes in was taken from; empty where that is not known."""
    roles = version.mapping.get("roles") or {}
    return str(roles.get(task_named(version.task).question_role) or "")


def train_spec(
    run: Run,
    version: DatasetVersion,
    model: ModelInfo,
    continue_from: JobDir | None = None,
    start: Start | None = None,
    again: Repeat | None = None,
    *,
    practises: bool = False,
) -> TrainSpec:
    """What the trainer is told."""
    return TrainSpec(
        run_id=run.id,
        task=version.task,
        data=files.object_path(version.content_hash),
        system=with_help(version.mapping.get("system") or "", fields_in(version.mapping)),
        base=model.reference,
        recipe=from_dict(run.recipe),
        continue_from=continue_from.checkpoints if continue_from else None,
        cache=cache.folder(),
        descriptions=descriptions_in(version.mapping) or None,
        out_of_scope=version.mapping.get(OUT_OF_SCOPE) or None,
        pair=headings_of(_question_source(version)) or None,
        start=start.folder if start else None,
        chain=start.chain if start else None,
        fields=tuple(version.mapping.get(FIELDS) or ()) or None,
        again=again,
        practises=practises or None,
        together=family_named(model.reference.family).writes_text or None,
    )

"""A project on which sweeps can be started, and tries that end as they are told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage import files
from storage import runs as run_rows
from storage.database import Store
from storage.tables import RUNNING, BaseModel, Job, Run
from tests.helpers.exams import write_emails
from tests.helpers.folders import BERT, model_folder
from tests.helpers.made import add_model
from workbench.core.recipe import Recipe
from workbench.data import datasets, versions
from workbench.data.versions import VersionInfo
from workbench.evaluation.sweeps import sweeps
from workbench.evaluation.sweeps.conductor import Conductor
from workbench.evaluation.sweeps.space import Range, Space
from workbench.jobs.process.specs import EvaluateSpec, SweepSpec, TrainSpec
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.projects import projects

RATES: Space = {"learning_rate": Range(1e-5, 1e-3, log=True), "weight_decay": Range(0.0, 0.1)}
RECIPE = Recipe(
    method="full", quantization="none", num_train_epochs=2, per_device_train_batch_size=4
)


@dataclass(frozen=True)
class Ground:
    """What a sweep is started on."""

    project_id: int
    version: VersionInfo
    model: ModelInfo

    def start(self, store: Store, **chosen: Any) -> int:
        """A sweep over pace and weight decay, if nothing else is said; its job."""
        said: dict[str, Any] = {"minutes": 60, "most": 4, "space": RATES, "recipe": RECIPE}
        return sweeps.start_sweep(
            store,
            project_id=self.project_id,
            version=self.version,
            model=self.model,
            **{**said, **chosen},
        )


class Clock:
    """A time that goes on as the test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def work(self, conductor: Conductor, seconds: float) -> None:
        """Let so much time pass, with a look every five seconds."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 5.0)
            conductor.look()


def ground(store: Store, folder: Path, rows: int = 120) -> Ground:
    """Sorted e-mails and an encoder of which only the folder is real."""
    project_id = projects.create_project(store, "Mails")
    saved = datasets.save_version(
        store,
        project_id=project_id,
        path=write_emails(folder / "emails.csv", rows),
        task="classification",
        mapping={"text": "email", "label": "category"},
    )
    model_id = add_model(store)
    with store.write() as session:
        location = model_folder(folder / "tiny", BERT)
        session.get_one(BaseModel, model_id).location = str(location)
    return Ground(
        project_id,
        versions.get_version(store, saved.version_id),
        catalogue.get_model(store, model_id),
    )


def spec_of(store: Store, sweep_id: int) -> SweepSpec:
    """What a sweep was told."""
    return sweeps.get_sweep(store, sweep_id).spec


def set_job(store: Store, run_id: int, status: str, kind: str = TrainSpec.kind) -> None:
    """The job of a run is in this state now."""
    with store.write() as session:
        session.query(Job).filter_by(run_id=run_id, kind=kind).one().status = status


def adapter_of(store: Store, run_id: int) -> Path:
    """Where the model of a run lies, or would."""
    with store.read() as session:
        job = session.query(Job).filter_by(run_id=run_id, kind=TrainSpec.kind).one()
        return files.job_folder(job.id) / "adapter"


def end_try(
    store: Store,
    run_id: int,
    accuracy: float | None,
    *,
    loss: float = 0.5,
    status: str = "succeeded",
) -> None:
    """A try has ended, and answered ten practice questions."""
    adapter_of(store, run_id).mkdir(parents=True, exist_ok=True)
    trial = {
        "metric": "accuracy", "score": accuracy, "interval": [0.1, 0.9], "rows": 10, "loss": loss,
    }  # fmt: skip
    result: dict[str, Any] = {
        "status": status, "adapter": str(adapter_of(store, run_id)), "seconds": 60.0,
        "scores": {"validation": {"loss": loss}},
    }  # fmt: skip
    if accuracy is not None:
        result["trial"] = trial
    with store.write() as session:
        session.get_one(Run, run_id).result = result
    set_job(store, run_id, status)


def learn(store: Store, run_id: int, losses: dict[int, float]) -> None:
    """The practice questions have been checked at these steps."""
    with store.write() as session:
        points = [("validation", step, {"loss": loss}) for step, loss in losses.items()]
        run_rows.put_metrics(session, run_id, points)


def exams(store: Store) -> list[int]:
    """The runs whose exam was asked for, in that order."""
    with store.read() as session:
        query = session.query(Job).filter_by(kind=EvaluateSpec.kind).order_by(Job.id)
        return [job.run_id for job in query if job.run_id is not None]


def tries(store: Store, sweep_id: int) -> list[int]:
    """The runs that were begun, in their order."""
    found = sweeps.get_sweep(store, sweep_id).trials
    return [one.run.id for one in found if one.run is not None]


def begin(store: Store, conductor: Conductor, count: int) -> list[int]:
    """So many looks, each of which begins a try that gets its machine at once; all runs so far."""
    for _ in range(count):
        conductor.look()
        set_job(store, tries(store, conductor.sweep_id)[-1], RUNNING)
    return tries(store, conductor.sweep_id)

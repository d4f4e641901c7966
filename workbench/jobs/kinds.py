"""What is known of each kind of job: one row a kind, its name the one of its spec."""

import sys
from dataclasses import dataclass

from storage.rights.shared_jobs import SHARED
from workbench.core.errors import WorkbenchError
from workbench.core.words import OwnWords
from workbench.jobs.process.specs import (
    AddSpec,
    CertifySpec,
    ChangeSpec,
    CheckSpec,
    ConvertSpec,
    EvaluateSpec,
    ExportModelSpec,
    ExportSpec,
    FetchSpec,
    FirstAnswersSpec,
    HabitsSpec,
    ImportSpec,
    JudgeSpec,
    MeasureSpec,
    MustPassSpec,
    PredictSpec,
    PrepareSpec,
    PromptSpec,
    PushModelSpec,
    PushSpec,
    ServeSpec,
    Spec,
    SweepSpec,
    TrainSpec,
    WriteAnswersSpec,
)

WORK, DATA, SERVER, SWEEPS = "work", "data", "server", "sweeps"
_ENGINE, _BULK, _SERVING = "workbench.engine", "workbench.data.bulk", "workbench.engine.serving"
_JUDGE, _SWEEP = "workbench.evaluation.judge", "workbench.evaluation.sweeps"


@dataclass(frozen=True)
class JobKind:
    """One kind of job."""

    spec: type[Spec]
    """What it is told."""
    lane: str
    """Jobs of one lane run one after the other, those of two lanes beside each other."""
    program: str
    """The module that does it, as `python -m PROGRAM JOB_DIR`."""
    noun: str
    """What it is called in a sentence."""
    icon: OwnWords = "work"
    """Its symbol (Material)."""
    can_be_paused: bool = False
    """Whether it may be interrupted and go on later."""
    is_listed: bool = True
    """The user started it: it stands in the queue, and its end is told. Others come and go."""
    learns: bool = False
    """It leaves curves, and checkpoints that are kept and gone on from however it ends."""
    goes_on: bool = False
    """What it has done by the time it is interrupted is kept, and not done again."""
    fits_recipe: bool = False
    """How much memory it takes is a matter of the recipe's settings."""
    serves: bool = False
    """It works until it is told to end: being silent is no trouble, and being ended no failure."""
    asks_hub: bool = False
    """It talks with the hub, and is handed the hub's token."""
    asks_address: bool = False
    """It asks an address of the user's (`url` of its spec), and is handed the key for it."""
    changes_models: bool = False
    """It puts a model into the home's folder of models."""
    sends: bool = False
    """It gives away what the user made: only who has just been asked lets it begin."""
    stopped: str = "Stopped at your request."
    """What is said of one that was cancelled."""
    runs_elsewhere: bool = False
    """All that it needs stands in its spec, so that a machine of a cluster can do it."""
    makes: str = ""
    """The file in its folder without which it might as well never have run."""

    @property
    def name(self) -> str:
        """As the database and spec.json have it."""
        return self.spec.kind

    @property
    def command(self) -> list[str]:
        """What starts its program; the job's folder is appended."""
        return [sys.executable, "-m", self.program]


KINDS = {
    kind.name: kind
    for kind in (
        JobKind(
            TrainSpec,
            WORK,
            _ENGINE,
            "training",
            "model_training",
            can_be_paused=True,
            runs_elsewhere=True,
            learns=True,
            fits_recipe=True,
        ),
        JobKind(
            SweepSpec,
            SWEEPS,  # it works at nothing itself: what it tries are jobs that wait as others do
            _SWEEP,
            "sweep",
            "tune",
            goes_on=True,
            stopped="Stopped at your request; what was tried by then is kept.",
        ),
        JobKind(
            MeasureSpec,
            WORK,
            _ENGINE,
            "measurement",
            "speed",
            can_be_paused=True,
            runs_elsewhere=True,
            fits_recipe=True,
        ),
        JobKind(
            EvaluateSpec,
            WORK,
            _ENGINE,
            "evaluation",
            "fact_check",
            can_be_paused=True,
            runs_elsewhere=True,
            fits_recipe=True,
        ),
        JobKind(
            PredictSpec,
            WORK,
            _ENGINE,
            "prediction",
            "table_view",
            can_be_paused=True,
            runs_elsewhere=True,
            goes_on=True,
            stopped="Stopped at your request; the answers so far are kept.",
        ),
        JobKind(
            MustPassSpec,
            WORK,
            _ENGINE,
            "must-pass check",
            "rule",
            can_be_paused=True,
            runs_elsewhere=True,
            goes_on=True,
        ),
        JobKind(
            PromptSpec,
            WORK,
            _ENGINE,
            "trial of the instruction",
            "edit_note",
            can_be_paused=True,
            runs_elsewhere=True,
            goes_on=True,
        ),
        JobKind(
            FirstAnswersSpec,
            DATA,
            _ENGINE,
            "look at the first answers",
            "table_view",
            is_listed=False,
        ),
        JobKind(
            WriteAnswersSpec,
            DATA,
            _BULK,
            "writing of the answers",
            "file_save",
            is_listed=False,
        ),
        JobKind(
            HabitsSpec,
            WORK,
            _ENGINE,
            "check of what else it learned",
            "psychology",
            can_be_paused=True,
            runs_elsewhere=True,
            fits_recipe=True,
            stopped="Stopped at your request; nothing of it was kept.",
        ),
        JobKind(
            JudgeSpec,
            WORK,
            _JUDGE,
            "judging",
            "gavel",
            can_be_paused=True,
            goes_on=True,
            asks_address=True,
            sends=True,
            stopped="Stopped at your request; the judge's answers so far are kept.",
        ),
        JobKind(
            ImportSpec,
            WORK,
            _ENGINE,
            "download",
            "download",
            can_be_paused=True,
            asks_hub=True,
            changes_models=True,
        ),
        JobKind(
            FetchSpec,
            DATA,
            _ENGINE,
            "download of the data",
            "cloud_download",
            asks_hub=True,
            makes="fetched",
        ),
        JobKind(
            AddSpec, DATA, _ENGINE, "trying of the model", "model_training", changes_models=True
        ),
        JobKind(ConvertSpec, DATA, _BULK, "reading of the file", "upload_file", makes="table.json"),
        JobKind(
            PrepareSpec,
            DATA,
            _BULK,
            "checking of the examples",
            "checklist",
            makes="examples.parquet",
        ),
        JobKind(
            CheckSpec, DATA, _ENGINE, "checkup of the data", "stethoscope", makes="checkup.json"
        ),
        JobKind(ChangeSpec, DATA, _BULK, "change of the data", "healing"),
        JobKind(ExportSpec, DATA, _BULK, "export of the data", "file_save"),
        JobKind(
            PushSpec,
            DATA,
            _ENGINE,
            "push to the hub",
            "cloud_upload",
            asks_hub=True,
            sends=True,
            stopped="Stopped at your request. Look at the data set's page on the hub: its files come "
            "all at once, at the very end, or not at all.",
        ),
        JobKind(
            CertifySpec, WORK, _ENGINE, "check of all ways to ask", "verified", can_be_paused=True
        ),
        JobKind(
            ExportModelSpec,
            WORK,
            _ENGINE,
            "export of the model",
            "output",
            can_be_paused=True,
            makes="export",
        ),
        JobKind(
            PushModelSpec,
            DATA,
            _ENGINE,
            "push of the model to the hub",
            "cloud_upload",
            asks_hub=True,
            sends=True,
            stopped="Stopped at your request. Look at the model's page on the hub: its files come all at "
            "once, at the very end, or not at all.",
        ),
        JobKind(
            ServeSpec,
            SERVER,
            _SERVING,
            "model server",
            is_listed=False,
            serves=True,
            stopped="The model server was stopped.",
        ),
    )
}
"""Name → what is known of it."""
LANES = {
    lane: tuple(kind.name for kind in KINDS.values() if kind.lane == lane)
    for lane in (WORK, DATA, SERVER, SWEEPS)
}
"""Lane → its kinds of jobs."""
LISTED = tuple(kind.name for kind in KINDS.values() if kind.is_listed)
"""The kinds that stand in the queue."""

SHARED.say(
    (kind.name for kind in KINDS.values() if kind.serves or kind.changes_models),
    (kind.name for kind in KINDS.values() if kind.serves),
)


def kind_named(name: str) -> JobKind:
    """What is known of a kind of job.

    Raises:
        WorkbenchError: there is none of this name.
    """
    if (kind := KINDS.get(name)) is None:
        raise WorkbenchError(f"There is no kind of job named '{name}'.")
    return kind

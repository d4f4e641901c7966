"""What each kind of job is told: the contract between the services and the programs at work.

The worker adds what it alone knows (`job_id`, `attempt`, `conclude`); paths are absolute.
"""

from workbench.jobs.process.specs.answers import (
    FirstAnswersSpec,
    MustPassSpec,
    PredictSpec,
    PromptSpec,
    Share,
    WriteAnswersSpec,
)
from workbench.jobs.process.specs.data import (
    ChangeSpec,
    CheckSpec,
    ConvertSpec,
    ExportSpec,
    FetchSpec,
    FileSpec,
    PrepareSpec,
    PushSpec,
    ReplayOrder,
    VersionSpec,
)
from workbench.jobs.process.specs.models import (
    AddSpec,
    CertifySpec,
    ExportModelSpec,
    ImportSpec,
    PushModelSpec,
    ServeSpec,
)
from workbench.jobs.process.specs.runs import (
    EvaluateSpec,
    HabitsSpec,
    JudgeSpec,
    MeasureSpec,
    ModelSpec,
    TrainSpec,
)
from workbench.jobs.process.specs.spec import BaseModelRef, Spec, TableRef
from workbench.jobs.process.specs.sweeps import SweepSpec

__all__ = [
    "AddSpec",
    "BaseModelRef",
    "CertifySpec",
    "ChangeSpec",
    "CheckSpec",
    "ConvertSpec",
    "EvaluateSpec",
    "ExportModelSpec",
    "ExportSpec",
    "FetchSpec",
    "FileSpec",
    "FirstAnswersSpec",
    "HabitsSpec",
    "ImportSpec",
    "JudgeSpec",
    "MeasureSpec",
    "ModelSpec",
    "MustPassSpec",
    "PredictSpec",
    "PrepareSpec",
    "PromptSpec",
    "PushModelSpec",
    "PushSpec",
    "ReplayOrder",
    "ServeSpec",
    "Share",
    "Spec",
    "SweepSpec",
    "TableRef",
    "TrainSpec",
    "VersionSpec",
    "WriteAnswersSpec",
]

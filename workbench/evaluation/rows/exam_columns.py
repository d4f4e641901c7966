"""What the user's table says beside each row of an exam: region, channel, date, and the like."""

import pandas as pd

from storage import evaluations as rows
from storage.database import Store
from workbench.data.source_rows import other_columns, read_beside
from workbench.data.versions import get_version
from workbench.evaluation.evaluations import EvaluationInfo, version_of
from workbench.jobs.job import spec_of
from workbench.jobs.process.specs import EvaluateSpec


def exam_columns(store: Store, info: EvaluationInfo, row_ids: list[int]) -> pd.DataFrame:
    """The other columns of the table that an exam's rows came from.

    Returns:
        Texts or None, by row id; rows that are not in the table are missing.

    Raises:
        WorkbenchError: the table is not there any more, or cannot be read.
    """
    if info.is_exam:
        return other_columns(store, get_version(store, version_of(store, info.run_id)), row_ids)
    spec = _told(store, info)
    return read_beside(spec.beside) if spec and spec.beside else pd.DataFrame()


def _told(store: Store, info: EvaluationInfo) -> EvaluateSpec | None:
    """What the job was told that made an evaluation; None if it is gone."""
    with store.read() as session:
        for job in rows.jobs_of(session, info.run_id, EvaluateSpec.kind):
            spec = spec_of(job, EvaluateSpec)
            made = (job.result or {}).get("predictions_hash") == info.predictions_hash
            if made and spec is not None and spec.split == info.split:
                return spec
    return None

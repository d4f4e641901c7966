"""A machine of a cluster that answers files, loading no model: `python tests/fakes/answerer.py ADDRESS`.

The spec's "fake" says what to do; where it speaks of shares, -1 is the job that has none:

    hold         shares that stand still after their first part until they are told to end
    die          shares that end themselves (SIGKILL) after their first part, in the first attempt
    fail         shares that end with this failure
"""

import os
import signal
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from workbench.core.errors import WorkbenchError
from workbench.jobs.process.job_dir import JobDir, read_spec
from workbench.jobs.process.parts import Parts, answered
from workbench.jobs.process.remote import carrier
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Handler, Result, run
from workbench.jobs.process.specs import PredictSpec
from workbench.jobs.process.stop import Cancelled, Stop

ROWS = 5
"""Of a part, but for the first."""


def answer(spec: PredictSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """As `engine.evaluation.predict`: what is missing, part by part."""
    told = read_spec(job)
    fake, attempt = told.get("fake", {}), told["attempt"]
    share = spec.share.number if spec.share else -1
    rows = pq.read_metadata(spec.data).num_rows
    parts = Parts(job, rows, ROWS)
    missing = parts.missing_of(spec.share) if spec.share else parts.missing
    mine = sum(end - start for start, end in missing)
    done = 0
    report.phase("evaluating", "Answering")
    if share in fake.get("fail", []):
        raise WorkbenchError("There is no such column.")
    try:
        for span in missing:
            print("asked", *range(*span), flush=True)
            numbers = pa.array(range(*span))
            parts.keep(span, pa.table({"row_id": numbers, "attempt": [attempt] * len(numbers)}))
            done += len(numbers)
            report.progress(done, mine)
            if share in fake.get("die", []) and attempt == 1:
                time.sleep(0.3)  # what it has done is sent by then
                os.kill(os.getpid(), signal.SIGKILL)
            while share in fake.get("hold", []) and attempt == 1:
                stop.check()
                time.sleep(0.01)
    except Cancelled:
        return {"status": "cancelled", "reason": "", "of": rows}
    return {"of": rows} if spec.share else answered(job, parts.done, rows)


if __name__ == "__main__":
    given = sys.argv[1]
    if "/jobs/" in given and not Path(given).is_dir():
        carrier.LOOK_S = 0.05
        sys.exit(carrier.carry(given, [sys.executable, __file__]))
    sys.exit(run(Path(given), [Handler(PredictSpec, answer)]))

"""The job `sweep`: looks after its tries until they are over."""

from storage.database import Store
from storage.schema import open_store
from workbench.evaluation.sweeps.conductor import Conductor
from workbench.evaluation.sweeps.timer import Timer
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Handler, Result
from workbench.jobs.process.specs import SweepSpec
from workbench.jobs.process.stop import Cancelled, Stop

LOOK_S = 1.0
STOPPED = {"status": "cancelled", "reason": "Stopped; what was tried by then is kept."}


def sweep(spec: SweepSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Try, compare, let the best sit the exam.

    Raises:
        Orphaned: the worker died; the next attempt goes on.
        WorkbenchError: nothing can be trained.
    """
    return conducted(open_store(), spec, job, report, stop)


def conducted(store: Store, spec: SweepSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """See `sweep`."""
    conductor = Conductor(store, spec.job_id, spec, Timer(job.path))
    report.phase("sweep", "Trying several settings")
    try:
        while not conductor.look():
            _tell(conductor, report)
            stop.wait_until_orphaned(LOOK_S)
            stop.check()
    except Cancelled:
        conductor.stop()
        return {**conductor.result(), **STOPPED}
    finally:
        conductor.timer.keep()
    return conductor.result()


def _tell(conductor: Conductor, report: Report) -> None:
    """How many tries are over, and at most how long it goes on."""
    done = len(conductor.sweep.over)
    left = round(max(0.0, conductor.left_s), 1)
    report.progress(min(done, conductor.spec.most - 1), conductor.spec.most, seconds_left=left)


HANDLERS = (Handler(SweepSpec, sweep),)

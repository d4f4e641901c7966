"""A judgement in whose every field stands a text that would take effect, were it shown as it is."""

from storage import files
from storage.database import Store
from storage.tables import SUCCEEDED, Job, now
from tests.helpers.hostile_texts import nasty
from workbench.evaluation import evaluations
from workbench.evaluation.judge.counting import Counts
from workbench.evaluation.judged import pairs, setup
from workbench.jobs.process.job_dir import write_json
from workbench.jobs.process.specs import JudgeSpec


def add(store: Store, run_id: int) -> None:
    """A judge that is set up, and what it said of a run's exam."""
    setup.keep(store, setup.Judge("http://127.0.0.1:9/v1", "fair"))
    exam = evaluations.exam_of(store, run_id)
    assert exam is not None
    drawn = pairs.draw(store, run_id, "base", with_expected=True, most=9)
    spec = JudgeSpec(
        run_id=run_id,
        other="base",
        exam=exam.predictions_hash,
        data=pairs.put(drawn.pairs),
        url="http://127.0.0.1:9/v1",
        model=nasty("Judging model"),
        rubric=nasty("Rubric"),
        alike=1,
        too_long=1,
    )
    verdicts = [[pair.row_id, pair.digest, 1] for pair in drawn.pairs]
    counts = Counts(wins=len(verdicts), swayed=1, unreadable=1, refused=1)
    result = {"verdicts": verdicts, "counts": counts.as_dict()}
    with store.write() as session:
        job = Job(kind=spec.kind, title=nasty("Judging"), spec=spec.as_row(), status=SUCCEEDED)
        job.run_id, job.project_id, job.result, job.finished_at = run_id, None, result, now()
        session.add(job)
        session.flush()
        write_json(files.folder("jobs", str(job.id)) / "result.json", result)

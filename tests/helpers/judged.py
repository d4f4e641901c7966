"""A run whose exam a judge has judged, and people who say the same or something else."""

from pathlib import Path

from storage.database import Store
from tests.fakes import judge as fakes
from tests.helpers.exams import Trained, add_exam, add_trained, answers
from tests.helpers.judging import do_queued
from workbench.evaluation.judged import judgements, people, plan
from workbench.evaluation.judged.judgement import Judgement

SCORES = {"base": {"chrf": 8.0}, "tuned": {"chrf": 70.0}, "nearest": {"chrf": 40.0}}


def add_mixed(store: Store, folder: Path, rows: int = 40, alike: int = 2) -> Trained:
    """A run whose answers are good but for every fourth, where the base model's is."""
    trained = add_trained(store, folder, task="completion", kind="causal")
    tuned = [f"It is {'bad' if i % 4 == 3 else 'good'} {i}." for i in range(rows)]
    base = [f"It is {'good' if i % 4 == 3 else 'bad'} {i}." for i in range(rows)]
    base[:alike] = tuned[:alike]
    near = [f"It is fair {i}." for i in range(rows)]
    inputs = [f"Where is <i>parcel</i> {i}?" for i in range(rows)]
    table = answers(tuned, tuned, base=base, nearest=near, inputs=inputs)
    add_exam(store, trained.run_id, table, SCORES)
    return trained


def judged(
    store: Store, run_id: int, say: fakes.Say = fakes.honest, other: str = "base"
) -> Judgement:
    """The judgement of a judge who answers on this machine."""
    with fakes.running(say) as judge:
        planned = plan.plan(store, run_id, judge.url, "fair", other=other)
        job_id = judgements.start(store, planned)
        do_queued(store, job_id)
    return next(one for one in judgements.judgements(store, run_id) if one.job.id == job_id)


def rate_all(store: Store, found: Judgement, number: int, *, contrary: bool = False) -> None:
    """The owner judges so many of the pairs, as the judge did or the other way round."""
    for _, digest, verdict in found.verdicts[:number]:
        assert verdict is not None
        people.rate(store, found.spec.run_id, digest, -verdict if contrary else verdict)

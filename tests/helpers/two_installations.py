"""A project among others in one installation, and another installation that it is brought to."""

import sqlalchemy as sa

from storage import files
from storage.database import Store
from storage.tables import (
    FAILED,
    SUCCEEDED,
    ApiKey,
    BaseModel,
    Conversation,
    Dataset,
    DatasetVersion,
    Evaluation,
    Job,
    Membership,
    Message,
    Metric,
    Person,
    Project,
    Release,
    Run,
    Watch,
    WatchedFile,
)
from tests.helpers.full_home import DONE, WORKING, put, write

SECRET = "marker-of-another-project"


def other_project(store: Store) -> None:
    """Something of every kind that belongs to somebody else; everywhere it says so."""
    with store.write() as session:
        ours = session.get_one(Project, 1)
        ours.drafts = {**ours.drafts, "train": {"version_id": 1, "start_run_id": 1}}
        person = Person(email=f"{SECRET}@example.org", name=SECRET)
        model = BaseModel(
            name=SECRET, source="folder", location=f"/{SECRET}", kind="causal", facts={}
        )
        other = Project(name=SECRET, description=SECRET, drafts={"data": {"upload": put(SECRET)}})
        session.add_all([person, model, other])
        session.flush()
        session.add(Membership(project_id=1, person_id=person.id, role="owner"))
        session.add(ApiKey(name=SECRET, key_hash=SECRET, ends="abcd", project_id=1))
        data = Dataset(project_id=other.id, name=SECRET)
        session.add(data)
        session.flush()
        version = DatasetVersion(
            dataset_id=data.id, number=1, task="classification", content_hash=put(SECRET + "2"),
            source_hash=put(SECRET + "2"), source_name=SECRET, mapping={}, rows=1, dropped=0,
            splits={}, split_seed=1, report={},
        )  # fmt: skip
        session.add(version)
        session.flush()
        run = Run(
            project_id=other.id, dataset_version_id=version.id, base_model_id=model.id,
            name=SECRET, recipe={}, seed=1, result={"said": SECRET},
        )  # fmt: skip
        talk = Conversation(project_id=other.id, title=SECRET)
        session.add_all([run, talk])
        session.flush()
        job = Job(
            project_id=other.id, run_id=run.id, kind="train", title=SECRET, spec={"t": SECRET},
            status=SUCCEEDED,
        )  # fmt: skip
        session.add_all(
            [
                job,
                Job(kind="serve", title=SECRET, spec={}, status=FAILED),
                Metric(run_id=run.id, kind="train", step=1, values={SECRET: 1.0}),
                Message(conversation_id=talk.id, role="user", content=SECRET),
                Evaluation(
                    run_id=run.id, split=SECRET, rows=1, scores={}, predictions_hash=put(SECRET)
                ),
            ]
        )
        session.flush()
        write(files.job_folder(job.id) / "adapter" / "workbench.json", SECRET)


def more_of_ours(store: Store) -> None:
    """What names numbers of other rows."""
    with store.write() as session:
        talk = session.scalars(sa.select(Conversation)).first()
        assert talk is not None
        session.add(
            Message(
                conversation_id=talk.id, role="assistant", model="run-1", content="Here.",
                details={"model": "run-1", "run_id": 1},
            )
        )  # fmt: skip
        first = session.scalars(sa.select(Release)).first()
        assert first is not None
        again = Release(
            project_id=1, run_id=1, approver="Ann", gate={"run_id": 1, "live_run_id": 99},
            about={"name": "Run"}, back_to=first.id,
        )  # fmt: skip
        watch = Watch(project_id=1, run_id=1, folder="/in", chosen={})
        session.add_all([again, watch])
        session.flush()
        session.add(WatchedFile(watch_id=watch.id, name="a.csv", digest="a" * 64, job_id=DONE))
        version = session.get_one(DatasetVersion, 1)
        version.report = {"labels": {"run_id": 1}}
        job = session.get_one(Job, DONE)
        job.person_id = 1
        job.spec = {**job.spec, "run_id": 1, "former": str(files.job_folder(WORKING))}


def fill_other(store: Store) -> None:
    with store.write() as session:
        for number in range(1, 4):
            session.add(Project(name=f"Here {number}", drafts={}))
            session.add(Job(kind="predict", title="old", spec={}, status=SUCCEEDED))
            session.add(
                BaseModel(
                    name=f"model {number}", source="hub", location=f"x/{number}", kind="causal",
                    facts={},
                )
            )  # fmt: skip

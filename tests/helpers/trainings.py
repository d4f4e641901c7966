"""A project's trainings, as the pages find them."""

from storage.database import Store
from storage.tables import Job
from tests.helpers.made import add_run
from workbench.data import versions
from workbench.models import catalogue


def model_id(store: Store, kind: str = "encoder") -> int:
    return next(model.id for model in catalogue.list_models(store) if model.family == kind)


def version_id(store: Store, project_id: int) -> int:
    return versions.list_versions(store, project_id)[0].id


def run_of(store: Store, project_id: int, status: str, **result: object) -> int:
    return add_run(
        store,
        project_id,
        version_id(store, project_id),
        model_id(store),
        status=status,
        name="Balanced 1",
        **result,
    )


def change_job(store: Store, **values: object) -> None:
    with store.write() as session:
        job = session.query(Job).one()
        for name, value in values.items():
            setattr(job, name, value)

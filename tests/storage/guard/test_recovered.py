"""An older copy of the database in its place: what only the lost rows named is kept."""

import os

from storage import files, jobs, sweep
from storage.database import Store
from storage.guard import recovered


def test_files_of_lost_rows_are_kept_and_their_numbers_not_given_again(store: Store) -> None:
    with store.write() as session:
        first = jobs.add(session, "import", "t", {}).id
    folder = files.folder("jobs", str(first + 7))
    (folder / "adapter.bin").write_text("a model whose row is lost")
    os.utime(folder, (0, 0))
    recovered.settle(store)
    assert sweep.sweep(store) == 0
    assert folder.exists()
    with store.write() as session:
        assert jobs.add(session, "import", "t", {}).id == first + 8


def test_a_database_that_knows_all_of_its_jobs_is_left_alone(store: Store) -> None:
    with store.write() as session:
        job = jobs.add(session, "import", "t", {})
        number = job.id
        session.delete(job)
    folder = files.folder("jobs", str(number))
    (folder / "log.txt").write_text("of a deleted job")
    os.utime(folder, (0, 0))
    recovered.settle(store)
    assert sweep.sweep(store) > 0
    assert not folder.exists()

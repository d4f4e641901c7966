"""An older version with data, brought up to date while all its processes start at once.

    python scripts/deployment/check_upgrade.py [COMMIT]

COMMIT is checked out beside this one (default: the newest one before accounts). It makes a project with
data; then two web processes and a worker of this version start together on the same database and
home. All have to become well, every row of before has to be there, and the pages have to show it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scripts.deployment.up import WEBS, Deployment, deployed  # noqa: E402
from scripts.deployment.visitor import Visitor  # noqa: E402
from storage import schema  # noqa: E402

BEFORE = "3f3233cf"
MAKES = """
from storage.schema import open_store
from workbench.projects import samples
store = open_store()
samples.create_sample_project(store)
store.close()
"""


def main() -> int:
    """0 if all of it is there."""
    commit = sys.argv[1] if len(sys.argv) > 1 else BEFORE
    with (
        tempfile.TemporaryDirectory(prefix="workbench-upgrade-") as name,
        _checkout(commit, Path(name) / "older") as older,
    ):
        counts: dict[str, int] = {}

        def fill(found: Deployment) -> None:
            env = {**os.environ, "WORKBENCH_HOME": str(found.home),
                   "WORKBENCH_DATABASE_URL": found.database_url}  # fmt: skip
            subprocess.run([sys.executable, "-c", MAKES], cwd=older, env=env, check=True)
            print(f"{commit} has made schema {_schema(found)}")
            counts.update(_counts(found))

        with deployed(Path(name) / "home", before=fill) as found:
            now, shown = _counts(found), _shown(found)
            print(f"all processes are well, the schema is {_schema(found)}")
            lost = {
                table: (rows, now.get(table))
                for table, rows in counts.items()
                if now.get(table) != rows
            }
            print(
                f"{sum(counts.values())} rows of {len(counts)} tables, not as before: {lost or 'none'}"
            )
            print(f"the home page of each web process shows the project: {shown}")
            well = not lost and all(shown) and _schema(found) == schema.newest()
    return 0 if well else 1


@contextmanager
def _checkout(commit: str, at: Path) -> Iterator[Path]:
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--detach", "--quiet", str(at), commit], check=True)
    try:
        yield at
    finally:
        subprocess.run([*git, "remove", "--force", str(at)], check=True)


def _schema(found: Deployment) -> str:
    with psycopg.connect(found.database_url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def _counts(found: Deployment) -> dict[str, int]:
    """Rows of each table that has any."""
    with psycopg.connect(found.database_url) as connection:
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        counted = {}
        for (name,) in names:
            row = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # type: ignore[arg-type]
            counted[str(name)] = int(row[0]) if row else 0
    return {name: count for name, count in counted.items() if count}


def _shown(found: Deployment) -> list[bool]:
    shown = []
    for name in WEBS:
        with Visitor(f"http://127.0.0.1:{found.ports[name]}") as tab:
            run = tab.visit("")
            shown.append("Customer e-mails (sample)" in run.texts and not run.errors)
    return shown


if __name__ == "__main__":
    raise SystemExit(main())

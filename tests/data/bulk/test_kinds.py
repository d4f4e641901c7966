"""What parses a large file of a user's is kept to that file."""

import subprocess
import sys
from pathlib import Path

import pytest

from workbench.core import confine
from workbench.core.paths import CHECKOUT

pytestmark = pytest.mark.skipif(not confine.version(), reason="this kernel has no Landlock")

TAKEN_OVER = """
import sys
from pathlib import Path
from workbench.data.bulk.kinds import kept_to_its_files
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.specs import ConvertSpec, PrepareSpec, TableRef

folder, kind = Path(sys.argv[1]), sys.argv[2]
source, private, job = folder / "source", folder / "private", JobDir(folder / "job")

def refused(act):
    try:
        act()
    except PermissionError:
        return True
    return False

def work(spec, job):
    import tempfile
    tempfile.TemporaryFile().close()
    (job.path / "table").write_text(source.read_text())
    return {
        "read": refused(private.read_text),
        "written": refused(lambda: private.write_text("")),
        "source": refused(lambda: source.write_text("")),
        "beside": refused(lambda: (folder / "new").write_text("")),
    }

if kind == "convert":
    spec = ConvertSpec(source=source, name="a.csv", key="k", digest="d")
else:
    table = TableRef("a.csv", None, {}, True, folder / "empty")
    test = TableRef("b.csv", source)
    spec = PrepareSpec(
        task="chat", mapping={}, seed=1, table=table, test=test, key="k", digest="d"
    )
print(kept_to_its_files(work)(spec, job))
"""


@pytest.mark.parametrize("kind", ["convert", "prepare"])
def test_a_parser_that_was_taken_over_reaches_no_other_file(tmp_path: Path, kind: str) -> None:
    for name in ("source", "private"):
        (tmp_path / name).write_text(f"what is {name}")
    for name in ("job", "empty"):
        (tmp_path / name).mkdir()
    command = [sys.executable, "-c", TAKEN_OVER, str(tmp_path), kind]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    told = dict.fromkeys(("read", "written", "source", "beside"), True)
    assert done.stdout.strip() == str(told)
    assert (tmp_path / "job" / "table").read_text() == "what is source"
    assert (tmp_path / "private").read_text() == "what is private"

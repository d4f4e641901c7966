"""Nothing of the engine asks another machine, nor runs what another machine would give it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.writers import make_writer, recipe, split_replies, write_job
from workbench.engine.runtime.offline import SWITCHES
from workbench.jobs.process.job_dir import read_json

ROOT = Path(__file__).resolve().parents[3]
LISTENER = """
import os, sys

def told(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        where = args[1] if event == "socket.connect" else args[0]
        host = str(where[0] if isinstance(where, tuple) else where)
        if not host.startswith(("127.", "localhost", "::1", "/")):
            with open(os.environ["TOLD"], "a") as handle:
                handle.write(f"{event} {host}\\n")

sys.addaudithook(told)
"""
KERNELS = "import os\nopen(os.environ['TOLD'], 'a').write('kernels loaded')\n"


@pytest.fixture
def watched(tmp_path: Path) -> tuple[dict[str, str], Path]:
    """The environment of a process that is watched, and where what it does wrong is told.

    In it a package `kernels` is installed, in the version that transformers would take, and
    nobody has barred anything.
    """
    packages, told = tmp_path / "packages", tmp_path / "told"
    (packages / "kernels").mkdir(parents=True)
    (packages / "kernels" / "__init__.py").write_text(KERNELS)
    about = packages / "kernels-0.18.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: kernels\nVersion: 0.18.2\n")
    (packages / "sitecustomize.py").write_text(LISTENER)
    told.touch()
    ours = {name: value for name, value in os.environ.items() if name not in SWITCHES}
    return {**ours, "PYTHONPATH": f"{packages}:{ROOT}", "TOLD": str(told)}, told


def test_a_training_asks_no_other_machine_whatever_its_model_says(
    tmp_path: Path, watched: tuple[dict[str, str], Path]
) -> None:
    """With its exam; the folder names kernels and another model."""
    environment, told = watched
    folder = make_writer(tmp_path / "writer")
    config = json.loads((folder / "config.json").read_text())
    config |= {"attn_implementation": "kernels-community/x", "_name_or_path": "someone/base"}
    (folder / "config.json").write_text(json.dumps(config))
    data = split_replies(tmp_path / "replies.parquet", train=4, validation=2, test=2)
    job = write_job(tmp_path / "job", folder, data, recipe=recipe(max_steps=1))
    command = [sys.executable, "-m", "workbench.engine", str(job.path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert told.read_text() == ""
    assert read_json(job.result)["status"] == "succeeded", done.stderr
    assert {"base", "tuned"} <= set(read_json(job.result)["scores"]["test"])


def test_what_is_not_here_is_not_looked_for_elsewhere(
    watched: tuple[dict[str, str], Path],
) -> None:
    environment, told = watched
    code = (
        "import workbench.engine\n"
        "from transformers import AutoModel, AutoTokenizer\n"
        "from transformers.utils import is_kernels_available\n"
        "from transformers.integrations import hub_kernels\n"
        "for kind in (AutoModel, AutoTokenizer):\n"
        "    try:\n"
        "        kind.from_pretrained('someone/model')\n"
        "    except OSError:\n"
        "        print('refused')\n"
        "print(is_kernels_available(), hub_kernels._kernels_enabled)\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.stdout, told.read_text()) == ("refused\nrefused\nFalse False\n", "")


def test_nothing_is_compiled(watched: tuple[dict[str, str], Path], tmp_path: Path) -> None:
    environment = {**watched[0], "TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "compiled")}
    code = (
        "import workbench.engine, torch\n"
        "print(torch.compile(lambda x: (x * 2).sum().item())(torch.ones(3)))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("6.0\n", "")
    assert not [path for path in (tmp_path / "compiled").rglob("*") if path.is_file()]

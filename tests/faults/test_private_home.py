"""A home that everything has worked in, started as most people's shells start it: umask 022."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.real import CHECKOUT, TINY
from tests.helpers.writers import replies

WORDS = [sys.executable, "-m", "workbench"]
WIDE = 0o022


def started(home: Path, *words: str, **options: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*WORDS, *words],
        cwd=CHECKOUT,
        env={**os.environ, **TINY, "WORKBENCH_HOME": str(home)},
        umask=WIDE,
        text=True,
        stdout=subprocess.PIPE,
        preexec_fn=_hear_ctrl_c,
        **options,
    )


def _hear_ctrl_c() -> None:
    """What a shell runs behind it is deaf to Ctrl-C, and so is all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def command(home: Path, *words: str) -> dict[str, Any]:
    """What a command prints with --json."""
    process = started(home, *words, "--json", stderr=subprocess.PIPE)
    out, said = process.communicate(timeout=400)
    assert process.returncode == 0, said
    value: dict[str, Any] = json.loads(out.rstrip("\n").split("\n")[-1])
    return value


@pytest.fixture
def working(home: Path) -> Iterator[Path]:
    """A fresh home with a worker of its own."""
    worker = started(home, "worker")
    try:
        yield home
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=120)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.release
def test_nobody_else_can_read_a_home_in_which_everything_was_done(
    working: Path, tiny: Path, tmp_path: Path
) -> None:
    table, out = tmp_path / "replies.jsonl", tmp_path / "out"
    out.mkdir()
    rows = [{**row, "prompt": f"{row['prompt']} {i}"} for i, row in enumerate(replies(40))]
    table.write_text("".join(json.dumps(row) + "\n" for row in rows))
    home = working
    command(home, "import", str(table), "--project", "P", "--task", "completion")
    settings = ("num_train_epochs=1", "evals_per_epoch=2", "eval_max_new_tokens=4")
    chosen = [word for setting in settings for word in ("--set", setting)]
    run = command(home, "train", "--dataset", "1", "--base", str(tiny), "--wait", *chosen)
    assert run["status"] == "succeeded"
    command(home, "evaluate", "--run", "1", "--file", str(table))
    command(home, "predict", "--run", "1", "--file", str(table), "--out", str(out / "a.csv"))
    command(home, "checkup", "--dataset", "1")
    command(home, "export", "--dataset", "1", "--format", "csv", "--out", str(out / "e.csv"))
    command(home, "export", "--dataset", "1", "--format", "csv", "--out", str(home / "e.csv"))
    command(home, "backup", str(out / "all.zip"))
    command(home, "backup", str(home / "all.zip"))
    _ask_a_server(home)
    _ask_a_web_page(home)
    kept = [home, *home.rglob("*")]
    assert {path.name for path in kept} >= {
        *("workbench.db", "adapter_model.safetensors", "checkup.json", "models.json"),
        *("web.log", "worker.log", "result.json", "trainer_state.json"),
    }
    assert [path for path in kept if not path.is_symlink() and mode(path) & 0o077] == []
    modes = {path.name: mode(path) for path in out.iterdir()}
    assert modes == {"a.csv": 0o644, "e.csv": 0o644, "all.zip": 0o600}


def _ask_a_server(home: Path) -> None:
    """`serve` in the foreground, which logs into a folder that goes with it; and `chat`."""
    command(home, "chat", "--run", "1", "Where is it?")
    server = started(home, "serve", "--run", "1", stderr=subprocess.DEVNULL)
    assert server.stdout is not None
    try:
        assert "Answering at" in server.stdout.readline()
        folders = list((home / "serve").glob("server-*/**/*"))
        assert folders
        assert [path for path in folders if mode(path) & 0o077] == []
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)


def _ask_a_web_page(home: Path) -> None:
    """A process that loads the web app as its server does."""
    code = "import logging, app; logging.getLogger('test').error('a line for the log')"
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT,
        env={**os.environ, "WORKBENCH_HOME": str(home)},
        umask=WIDE,
        check=True,
        stderr=subprocess.DEVNULL,
    )

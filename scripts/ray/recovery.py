"""What becomes of jobs on a real Ray cluster when something is lost: each row with its seconds.

    .venv/bin/python scripts/ray/recovery.py [ROW …]

needs requirements-ray.txt. The cluster is one of this computer: a head node, and machines with room
for one job each; the worker is the product's own. Where it has to be known what a training does and
when, a trainer that learns nothing (tests/fakes) is at work; the rows of trained.py and swept.py train a model.
"""

import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import answered  # noqa: E402
import given  # noqa: E402
import lost  # noqa: E402
import shared_out  # noqa: E402
import swept  # noqa: E402
import trained  # noqa: E402
from scene import Scene, scene_in  # noqa: E402

ROWS: dict[str, Callable[[Scene], str]] = {
    row.__name__: row
    for row in (
        given.plain, given.shown, given.other_versions, given.double_submission,
        lost.trainer_killed, lost.carrier_killed, given.slow_stopper, lost.worker_killed,
        given.pause, given.no_capacity, given.unreachable, lost.node_lost, trained.begun_here,
        trained.four, answered.file, swept.sweep, swept.sweep_killed, shared_out.together,
        shared_out.helper_killed, shared_out.too_few, lost.head_lost,
    )
}  # fmt: skip


def main() -> int:
    """Play the named rows, or all of them."""
    names = sys.argv[1:] or list(ROWS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the cluster goes then, too
    folder = Path(tempfile.mkdtemp(prefix="recovery-"))
    began = time.monotonic()
    with scene_in(folder) as scene:
        print(f"{'a head node and one machine':<20} {time.monotonic() - began:6.1f} s", flush=True)
        for name in names:
            began = time.monotonic()
            said = ROWS[name](scene)
            print(f"{name:<20} {time.monotonic() - began:6.1f} s  {said}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

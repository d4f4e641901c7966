"""Prints how well and how fast the Data Doctor finds what was planted.

    .venv/bin/python scripts/bench_doctor.py [near] [personal] [scale] [--data FOLDER]

`near` and `personal` plant into BANKING77, which must lie in FOLDER (default: ../shared/data beside
the checkout, or what WORKBENCH_BENCH_DATA names). `scale` makes a million rows of its own.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from planted import near, people, scale  # noqa: E402

DATA = Path(os.environ.get("WORKBENCH_BENCH_DATA") or ROOT.parent / "shared" / "data")


def main() -> int:
    """Run the named parts, or all of them."""
    parts: dict[str, Callable[[Path], None]] = {
        "near": near.near,
        "personal": people.people,
        "scale": scale.scale,
    }
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("part", nargs="*", help="what to run; nothing: all")
    parser.add_argument("--data", type=Path, default=DATA, help="where the folder banking77 lies")
    parser.add_argument("--task", choices=scale.MEASURED, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        return scale.measure(given.task)
    wanted = given.part or list(parts)
    if wanted != ["scale"] and not (given.data / "banking77" / "train.csv").is_file():
        print(f"There is no {given.data / 'banking77' / 'train.csv'}: name the folder with --data.")
        return 2
    for name in wanted:
        parts[name](given.data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

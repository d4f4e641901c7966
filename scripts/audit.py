"""Names the locked packages that are known to be unsafe, by the public lists of advisories.

    python3 scripts/audit.py

Exit code: 0 none is known, 1 some are, 3 nobody could be asked.
"""

import json
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from lock import LOCKS, read
from tools import tools

SERVICES = ("osv", "pypi")
TIMEOUT_S = 5
LIMIT_S = 300
UNSAFE, UNASKED = 1, 3
Dependency = dict[str, Any]
"""What pip-audit says of a package: name, version, vulns, or skip_reason if it is not known."""


def main() -> int:
    """Ask one service after the other until one answers; returns the exit code."""
    pins = sorted({pin.split()[0] for path in LOCKS.glob("*.txt") for pin in read(path).values()})
    with tools() as commands:
        for service in SERVICES:
            ask = partial(_asked, commands / "pip-audit", service)
            if ask(pins[:1]) and (answer := ask(pins)):
                return _told(answer)
    print(
        "Nobody could be asked whether the locked packages are safe: no service with advisories "
        "answers from here, so try again on a computer with a connection to the internet."
    )
    return UNASKED


def _asked(command: Path, service: str, pins: list[str]) -> list[Dependency]:
    """What the service says of each; nothing if it does not answer."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(pins))
        listed.flush()
        options = ["--service", service, "--timeout", str(TIMEOUT_S), "--format", "json"]
        quiet = ["--progress-spinner", "off", "--disable-pip", "--no-deps"]
        try:
            done = subprocess.run(
                [str(command), *options, *quiet, "-r", listed.name],
                capture_output=True, text=True, timeout=LIMIT_S, check=False,
            )  # fmt: skip
            answer: list[Dependency] = json.loads(done.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, ValueError):
            return []
    # An index that gives packages out, but knows of no advisories, makes pip-audit skip them all.
    return answer if any("vulns" in one for one in answer) else []


def _told(answer: list[Dependency]) -> int:
    unsafe = [one for one in answer if one.get("vulns")]
    skipped = [one["name"] for one in answer if "vulns" not in one]
    for one in unsafe:
        for known in one["vulns"]:
            mended = ", ".join(known["fix_versions"]) or "no version yet"
            print(f"{one['name']} {one['version']}: {known['id']}, mended in {mended}")
    if skipped:
        print(f"Not known to the service, so not looked at: {', '.join(skipped)}.")
    print(f"{len(unsafe)} of {len(answer) - len(skipped)} locked packages are known to be unsafe.")
    return UNSAFE if unsafe else 0


if __name__ == "__main__":
    raise SystemExit(main())

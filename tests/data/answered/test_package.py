"""Archives copied with a part changed: of all others not a byte moves within its entry."""

import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.helpers import patched
from workbench.core.errors import WorkbenchError
from workbench.data.answered.package import Package


def written(path: Path, changes: dict[str, bytes]) -> Path:
    out = path.with_name("out.zip")
    with Package(path) as package:
        package.write(
            out, {part: package.pack(part, [new], BytesIO()) for part, new in changes.items()}
        )
    return out


def odd_archive(path: Path) -> Path:
    """Stored and deflated entries with comments, extra fields, rights and times of their own."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = b"of the archive"
        for number, name in enumerate(["mimetype", "a/", "a/b.xml", "ä.xml", "c.bin"]):
            about = zipfile.ZipInfo(name, (1999 + number, 1, 2, 3, 4, 6))
            about.compress_type = zipfile.ZIP_DEFLATED if number % 2 == 0 and number else 0
            about.comment = f"of {number}".encode()
            about.extra = struct.pack("<HH3s", 0xCAFE, 3, b"xyz")
            about.external_attr = 0o640 << 16
            archive.writestr(about, b"" if name.endswith("/") else name.encode() * 200)
    return path


@pytest.mark.parametrize("part", ["mimetype", "a/b.xml", "ä.xml", "c.bin"])
def test_one_part_changes(tmp_path: Path, part: str) -> None:
    path = odd_archive(tmp_path / "in.zip")
    out = written(path, {part: b"something new " * 999})
    assert patched.changed_parts(path, out) == [part]
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out) as new:
        assert new.read(part) == b"something new " * 999
        assert new.comment == old.comment
        before, after = old.getinfo(part), new.getinfo(part)
    for name in ("date_time", "compress_type", "comment", "extra", "external_attr", "flag_bits"):
        assert getattr(after, name) == getattr(before, name)


def test_without_a_change_the_file_is_the_same(tmp_path: Path) -> None:
    path = odd_archive(tmp_path / "in.zip")
    assert written(path, {}).read_bytes() == path.read_bytes()


def test_entries_of_64_bits_stay_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 50)
    path = odd_archive(tmp_path / "in.zip")
    monkeypatch.undo()
    assert b"PK\x06\x06" in path.read_bytes()
    for part in ("mimetype", "ä.xml"):
        out = written(path, {part: b"new" * 5000})
        assert patched.changed_parts(path, out) == [part]
        with zipfile.ZipFile(out) as archive:
            assert archive.read(part) == b"new" * 5000
    assert written(path, {}).read_bytes() == path.read_bytes()


def test_the_list_may_have_another_order_than_the_entries(tmp_path: Path) -> None:
    path = odd_archive(tmp_path / "in.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.filelist.reverse()
        archive._didModify = True  # type: ignore[attr-defined]
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    assert names[0] == "c.bin"
    out = written(path, {"a/b.xml": b"new"})
    assert patched.changed_parts(path, out) == ["a/b.xml"]
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == names


def test_a_part_is_found_whatever_its_case_and_slashes(tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("XL\\Sheet.XML", "x")
    with Package(path) as package:
        assert package.read("/xl/sheet.xml") == b"x"
        assert package.name_of("xl/other.xml") is None


def test_damaged_and_locked_archives_are_sentences(tmp_path: Path) -> None:
    path = odd_archive(tmp_path / "in.zip")
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    with pytest.raises(WorkbenchError, match="cannot be written to"):
        Package(path)
    path.write_bytes(whole.replace(b"PK\x03\x04", b"PK\x03\x05", 1))
    with pytest.raises(WorkbenchError, match="cannot be written to"):
        written(path, {"mimetype": b"x"})
    locked = bytearray(whole)
    locked[whole.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(locked))
    with pytest.raises(WorkbenchError, match="protected by a password"):
        Package(path)


def test_entries_that_overlap_are_refused(tmp_path: Path) -> None:
    path = odd_archive(tmp_path / "in.zip")
    raw = bytearray(path.read_bytes())
    second = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 4)
    struct.pack_into("<I", raw, second + 42, 0)
    path.write_bytes(bytes(raw))
    with pytest.raises(WorkbenchError, match="do not fit together"):
        written(path, {"c.bin": b"x"})

"""Damages files as disks, mail programs and ill will do: for `fuzz_readers.py`."""

import io
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable

MOST_BYTES = 2 << 20
_ODD = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x80", b"\r", b'"', b"'", b"<", b"]]>", b"&own;", b"\x1a",
    b"<!DOCTYPE a [<!ENTITY own 'x'>]>", b"{", b"[" * 3000, b"9" * 5000, b"-1", b"99999999999", b"NaN",
    b"1e999", b"\xed\xa0\x80", "\u202e".encode(), b"From nobody\n", b"\n--\n", b"PAR1", b"PK\x03\x04",
)  # fmt: skip
_NUMBER = re.compile(rb"\d+")
_NUMBERS = (b"0", b"-1", b"65536", b"2147483648", b"99999999999", b"1.7e308", b"9" * 400)

Damage = Callable[[random.Random, bytes], bytes]


def flip(rng: random.Random, content: bytes) -> bytes:
    """A few bits are others."""
    found = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        place = rng.randrange(len(found))
        found[place] ^= 1 << rng.randrange(8)
    return bytes(found)


def cut(rng: random.Random, content: bytes) -> bytes:
    """The end is missing, or a piece of the middle."""
    first, last = _piece(rng, content)
    return content[:first] if rng.random() < 0.5 else content[:first] + content[last:]


def swap(rng: random.Random, content: bytes) -> bytes:
    """Two pieces have changed places."""
    first, last = _piece(rng, content)
    middle = rng.randint(first, last)
    return content[:first] + content[middle:last] + content[first:middle] + content[last:]


def repeat(rng: random.Random, content: bytes) -> bytes:
    """A piece stands there many times."""
    first, last = _piece(rng, content)
    times = rng.choice((2, 3, 20, 1000))
    times = max(2, min(times, MOST_BYTES // max(1, last - first)))
    return content[:first] + content[first:last] * times + content[last:]


def insert(rng: random.Random, content: bytes) -> bytes:
    """Bytes that do not belong there."""
    place = rng.randint(0, len(content))
    odd = rng.choice((*_ODD, rng.randbytes(rng.choice((1, 4, 100)))))
    return content[:place] + odd + content[place:]


def renumber(rng: random.Random, content: bytes) -> bytes:
    """A number is another one, far from it."""
    found = list(_NUMBER.finditer(content))
    if not found:
        return flip(rng, content)
    number = rng.choice(found)
    return content[: number.start()] + rng.choice(_NUMBERS) + content[number.end() :]


DAMAGES: tuple[Damage, ...] = (flip, cut, swap, repeat, insert, renumber)


def damaged(rng: random.Random, content: bytes) -> bytes:
    """The content with one damage or several; of packed files also to what is inside."""
    if content.startswith(b"PK") and rng.random() < 0.7:
        return _damaged_inside(rng, content)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        if content:
            content = rng.choice(DAMAGES)(rng, content)[: 2 * MOST_BYTES]
    return content


def _damaged_inside(rng: random.Random, content: bytes) -> bytes:
    """A part of the archive is damaged, gone, there twice, or has another name."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [(about.filename, archive.read(about)) for about in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, OSError):
        return flip(rng, content)
    if not parts:
        return flip(rng, content)
    place = rng.randrange(len(parts))
    name, inside = parts[place]
    what = rng.choice(("damaged", "damaged", "damaged", "gone", "twice", "renamed"))
    if what == "gone":
        del parts[place]
    elif what == "twice":
        parts.append((name, damaged(rng, inside)))
    elif what == "renamed":
        other = rng.choice(
            ("../../up.csv", "/etc/x.csv", name.upper(), "a" * 300, "con\n.csv", ".")
        )
        parts[place] = other, inside
    else:
        parts[place] = name, damaged(rng, inside)
    return packed(parts)


def packed(parts: list[tuple[str, bytes]]) -> bytes:
    """An archive of these names and contents, the same for the same ones."""
    stream = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(stream, "w") as archive:
        for name, inside in parts:
            archive.writestr(zipfile.ZipInfo(name), inside, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _piece(rng: random.Random, content: bytes) -> tuple[int, int]:
    """Where a piece begins and ends: mostly short, at times up to all of it."""
    first = rng.randint(0, len(content))
    length = rng.choice((1, 8, 100, 2000, len(content)))
    return first, min(len(content), first + rng.randint(0, length))

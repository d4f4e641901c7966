"""Which encoding a text file is in, and where it breaks."""

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

from workbench.core.errors import WorkbenchError

_CHUNK = 1 << 20
_SAMPLE = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHOICES = {
    "utf-8": "UTF-8 (Unicode)",
    "utf-8-sig": "UTF-8 with byte-order mark",
    "utf-16": "UTF-16 (Unicode text of Excel)",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
    "cp1252": "Windows Western European (1252)",
    "iso8859-15": "ISO 8859-15 (Latin-9)",
    "cp1250": "Windows Central European (1250)",
    "cp1251": "Windows Cyrillic (1251)",
    "cp1253": "Windows Greek (1253)",
    "cp1254": "Windows Turkish (1254)",
    "mac_roman": "Mac Roman",
    "shift_jis": "Japanese (Shift JIS)",
    "gb18030": "Chinese (GB 18030)",
    "euc_kr": "Korean (EUC-KR)",
}
_WESTERN = frozenset(
    "äöüßÄÖÜéèêëÉÈÊàâÀÂîïÎôÔûùÛçÇñÑáíóúÁÍÓÚ¿¡åÅæÆøØãõÃÕœŒ€£§°«»“”‘’„‚–—…·•®™©´º\xa0"
)
_LIKELY = [name for name in CHOICES if not name.startswith("utf")]


def detect(path: Path, name: str) -> str:
    """The codec that reads the whole file.

    Raises:
        WorkbenchError: it is UTF-8 with broken characters in it, or no text at all.
    """
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            check(path, encoding, name)
            return encoding
    if wide := _wide(head):
        check(path, wide, name)
        return wide
    bad = _first_bad_byte(path, "utf-8")
    if bad is None:
        return "utf-8"
    return _eight_bit(path, bad, name)


def check(path: Path, encoding: str, name: str) -> None:
    """Refuse a file that this codec cannot read to its end.

    Raises:
        WorkbenchError: with the line where it breaks.
    """
    bad = _first_bad_byte(path, encoding)
    if bad is not None:
        raise WorkbenchError(
            f"Line {_line_of(path, bad)} of {name} cannot be read as "
            f"{CHOICES.get(encoding, encoding)}: choose another encoding, or save the file "
            "again as 'CSV UTF-8'."
        )


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: in most texts every second byte is zero."""
    if len(head) < 4 or b"\0" not in head:
        return ""
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.3 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.3 and odd < 0.05 else ""


def _first_bad_byte(path: Path, encoding: str) -> int | None:
    """The place of the first byte that does not decode, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    read = 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return max(0, read - pending + error.start)
            read += len(chunk)
            if not chunk:
                return None


def _line_of(path: Path, place: int) -> int:
    line = 1
    with path.open("rb") as stream:
        while place > 0:
            chunk = stream.read(min(_CHUNK, place))
            line += chunk.count(b"\n")
            place -= len(chunk) or place
    return line


def _eight_bit(path: Path, bad: int, name: str) -> str:
    """A legacy encoding, unless the file is plainly UTF-8 that was damaged."""
    good, broken = _utf8_characters(path)
    if good >= broken:
        raise WorkbenchError(
            f"Line {_line_of(path, bad)} of {name} holds a broken character, although "
            "the rest is UTF-8: correct that line, or choose the encoding yourself."
        )
    sample = _non_ascii_lines(_around(path, bad))
    if _is_western(sample) and _first_bad_byte(path, "cp1252") is None:
        return "cp1252"
    guess = from_bytes(sample, cp_isolation=_LIKELY).best()
    for encoding in (guess.encoding if guess else "", "cp1252", *_LIKELY):
        if encoding and _first_bad_byte(path, _superset(encoding)) is None:
            return _superset(encoding)
    raise WorkbenchError(
        f"{name} cannot be read as text in any usual encoding: save it again as 'CSV UTF-8'."
    )


def _is_western(sample: bytes) -> bool:
    """Whether Windows-1252 gives what Western texts hold: single accents and typographic marks.

    Other alphabets give runs of accented letters there, and other Latin ones strange signs.
    """
    text = sample.decode("cp1252", "replace")
    beyond = [letter for letter in text if letter > "\x7f"]
    usual = sum(1 for letter in beyond if letter in _WESTERN)
    in_runs = sum(map(len, re.findall(r"[^\W\d_a-zA-Z]{3,}", text)))
    return usual >= 0.95 * len(beyond) and in_runs < 0.2 * len(beyond)


def _utf8_characters(path: Path) -> tuple[int, int]:
    """How many characters beyond ASCII read well as UTF-8, and how many are broken."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = broken = 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            beyond = [letter for letter in decoder.decode(chunk) if letter > "\x7f"]
            broken += (bad := beyond.count("\ufffd"))
            good += len(beyond) - bad
    return good, broken


def _superset(encoding: str) -> str:
    """Windows' superset where a guess says Latin-1: the difference is typographic quotes."""
    name = codecs.lookup(encoding).name
    return {"iso8859-1": "cp1252", "mac-roman": "mac_roman"}.get(name, name)


def _around(path: Path, place: int) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, place - _SAMPLE // 2))
        return stream.read(_SAMPLE * 4)


def _non_ascii_lines(sample: bytes) -> bytes:
    """The lines that tell encodings apart; the others would only slow the guess down."""
    lines = [line for line in sample.splitlines() if not line.isascii()]
    return b"\n".join(lines[:400])

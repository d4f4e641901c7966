"""Export artifacts in texts: HTML, broken umlauts, characters that nobody sees."""

import html
import re
from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.tasks import Task
from workbench.core.words import join_rows, joined, plural, shortened
from workbench.data.checkup.checks import markup
from workbench.data.checkup.fields import rewrite, text_roles, texts_in
from workbench.data.checkup.finding import WORTH_MENDING, Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows

KIND = "debris"
"""As checkups have been stored."""
TAGS, ENTITIES, BROKEN = "HTML tags", "HTML entities", "broken characters"
_WORST, _MILD = 0.2, 0.03
_MEANT = (
    " Most answers are written so: clean them if an export left it there, and leave them as they "
    "are if the model is to write HTML."
)
_WRONGLY = (
    " Where many rows have such, the file was read in another encoding than it was written in: see "
    "'How the file was read' on the Data page."
)
_EFFECT = "The model learns to write such debris itself, and reads words that it does not know."
_CHUNK = 20_000
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2028\u2029\u2060\ufeff\ufff9-\ufffb]"
)
_READ_WRONGLY = re.compile("\ufffd|Ã[\u0080-\u00bf©¨¤¶¼]|â€[\u0090-\u0099™œ\u009d]")
"""What becomes of letters with accents and of quotation marks in the wrong encoding."""
_HINT = (
    r"<[/!A-Za-z]|&[#A-Za-z][A-Za-z0-9]*;"
    r"|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}\x{AD}\x{200B}\x{2028}\x{2029}\x{2060}\x{FEFF}\x{FFF9}-\x{FFFD}]"
    r"|[ÂÃÄÅÆÐÑâãïðАРСГВÎÏØÙ×][^\x00-\x7F]"
)
"""What every text with artifacts has."""


def check(rows: Rows) -> Finding | None:
    """Rows with HTML, broken or unseen characters."""
    flagged_rows: list[FlaggedRow] = []
    found: dict[str, None] = {}
    roles = text_roles(rows)
    use = markup.use_of(rows)
    example = ("", "")
    for number, role in enumerate(roles):
        texts = rows.values[role]
        for row in _find_hints(texts):
            if row % 1000 == 0:
                rows.progress((number + row / len(rows)) / len(roles))
            named: dict[str, None] = {}
            clean = partial(clean_text, named=named, tags=not use.is_subject_of(row))
            after = rewrite(rows.task, role, texts[row], clean)
            if not named:
                continue
            found |= named
            changed = after.strip() and after != texts[row]
            if not flagged_rows:
                example = _example(rows.task, role, texts[row], tags=not use.is_subject_of(row))
            note = joined(list(named))
            flagged_rows.append(
                FlaggedRow(
                    rows.row_ids[row], role=role, after=after if changed else None, note=note
                )
            )
    if not flagged_rows:
        return None
    before, after = example
    first, changes = flagged_rows[0], sum(flagged.after is not None for flagged in flagged_rows)
    flagged_rows.sort(key=lambda flagged: flagged.row_id)
    number = len({flagged.row_id for flagged in flagged_rows})
    meant = use.in_answers and set(found) <= {TAGS, ENTITIES}
    becomes = f"; it should be '{_part(after, before)}'" if first.after else ""
    wrongly = _WRONGLY if BROKEN in found else ""
    return Finding(
        KIND,
        f"{plural(number, 'row')} with {joined(list(found))}",
        f"Row {first.row_id} holds '{_part(before, after)}'{becomes}.{wrongly}"
        f"{_MEANT if meant else ''}",
        _EFFECT,
        harm_of(_MILD if meant else _WORST, number / len(rows), 0.3),
        flagged_rows,
        change=f"Clean {plural(changes, 'text')}" if changes else "",
    )


def check_broken(rows: Rows) -> Finding | None:
    """Rows with letters that were read in the wrong encoding, of which only the first is mended."""
    broken = {
        row: role
        for role, texts in rows.values.items()
        for row, text in enumerate(texts)
        if not text.isascii() and _READ_WRONGLY.search(text)
    }
    if not broken:
        return None
    ids = [rows.row_ids[row] for row in sorted(broken)]
    first = min(broken)
    role = broken[first]
    before, after = _example(rows.task, role, rows.values[role][first], tags=False)
    becomes = f"; it should be '{_part(after, before)}'" if after != before else ""
    return Finding(
        KIND,
        f"{plural(len(ids), 'row')} with {BROKEN}",
        f"Row {ids[0]} holds '{_part(before, after)}'{becomes} ({join_rows(ids)}).{_WRONGLY}",
        _EFFECT,
        max(WORTH_MENDING, harm_of(_WORST, len(ids) / len(rows), 0.3)),
        [FlaggedRow(row_id, note=BROKEN) for row_id in ids],
    )


def _example(task: Task, role: str, text: str, *, tags: bool) -> tuple[str, str]:
    """The first text with artifacts of a role, and what becomes of it."""
    for part in texts_in(task, role, text):
        named: dict[str, None] = {}
        after = clean_text(part, named, tags=tags)
        if named:
            return part, after
    return text, text


def clean_text(text: str, named: dict[str, None], *, tags: bool = True) -> str:
    """The text without artifacts; what it had is added to `named`.

    Args:
        tags: whether HTML is one.
    """
    import ftfy
    from ftfy.badness import is_bad

    before = text
    if tags and markup.has_tags(text):
        named[TAGS] = None
        text = markup.strip_tags(text)
    unescaped = _ENTITY.sub(lambda match: html.unescape(match[0]), text) if tags else text
    if unescaped != text:
        named[ENTITIES] = None
        text = unescaped.replace("\xa0", " ")
    if not text.isascii():
        fixed = ftfy.fix_encoding(text) if is_bad(text) else text
        if fixed != text or "\ufffd" in fixed:
            named[BROKEN] = None
            text = fixed
        if _UNSEEN.search(text):
            named["unseen characters"] = None
    elif _UNSEEN.search(text):
        named["unseen characters"] = None
    text = _UNSEEN.sub("", text)
    return _trim_lines(text) if text != before else text


def _trim_lines(text: str) -> str:
    """The text without spaces at the ends of lines, and with one empty line at most in a row."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _find_hints(texts: Sequence[str]) -> Iterator[int]:
    for start in range(0, len(texts), _CHUNK):
        part = pa.array(texts[start : start + _CHUNK], pa.large_string())
        for row in pc.indices_nonzero(pc.match_substring_regex(part, _HINT)).to_pylist():
            yield start + row


def _part(text: str, other: str) -> str:
    """The text around where it begins to differ from the other one."""
    same = next(
        (place for place, (a, b) in enumerate(zip(text, other, strict=False)) if a != b),
        min(len(text), len(other)),
    )
    start = text.rfind(" ", 0, max(0, same - 15)) + 1
    return shortened(text[start:])

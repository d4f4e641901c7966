"""Marks by which models tell turns and ends apart, left in texts: `</s>`, `<|im_end|>`, `[INST]`."""

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.words import joined, plural, shortened
from workbench.data.checkup.fields import rewrite, texts_in
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows

KIND = "model_marks"
_WHO = r"(?:[ \t]*(?:system|user|assistant|model|tool|human|ipython)\b[ \t]*:?\n?)?"
_MARK = re.compile(
    rf"<\|(?:im_start|start_header_id)\|>{_WHO}|<start_of_turn>{_WHO}"
    r"|<\|[a-z][a-z0-9_]{1,30}\|>|<｜[^｜<>\s]{1,30}｜>"
    r"|\[/?INST\]|<</?SYS>>|\[/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)\]"
    r"|<(?:start|end)_of_(?:turn|text|utterance)>|<(?:bos|eos|BOS|EOS|pad|PAD)>|\[(?:BOS|EOS|PAD)\]",
)
_NAME = re.compile(r"[<\[].*?[>\]]+")
_BERT = re.compile(r"\A\s*\[CLS\]|\[SEP\]")
_STRIKE = re.compile(r"<(/?)s>")
_HINT = (
    r"<\||<｜|\[/?INST|<</?SYS|<(start|end)_of_|<(bos|eos|BOS|EOS|pad|PAD)>|</?s>|"
    r"\[(BOS|EOS|PAD|CLS|SEP|/?SYSTEM_|AVAILABLE_|TOOL_)"
)
_ABOUT = re.compile(
    r"```|\b(?:tokens?|tokeni[sz]er|chat ?templates?|chatml|llms?)\b", re.IGNORECASE
)
"""What texts about such marks say."""
_CHUNK = 20_000
_NAMED = 4


def check(rows: Rows) -> Finding | None:
    """Rows with a model's own marks, which are taken out."""
    flagged_rows: list[FlaggedRow] = []
    marks: dict[str, None] = {}
    example = ""
    for role, texts in rows.values.items():
        for row in _find_hints(texts):
            parts = texts_in(rows.task, role, texts[row])
            found = [mark for part in parts for mark in marks_in(part)]
            if not found:
                continue
            marks |= dict.fromkeys(found)
            example = example or next(part for part in parts if marks_in(part))
            after = rewrite(rows.task, role, texts[row], without_marks)
            flagged_rows.append(
                FlaggedRow(
                    rows.row_ids[row],
                    role=role,
                    after=after if after.strip() else None,
                    note=joined(list(dict.fromkeys(found))),
                )
            )
    if not flagged_rows:
        return None
    first = flagged_rows[0].row_id
    flagged_rows.sort(key=lambda flagged: flagged.row_id)
    number = len({flagged.row_id for flagged in flagged_rows})
    changes = sum(flagged.after is not None for flagged in flagged_rows)
    named = [*marks][:_NAMED] + ([f"{len(marks) - _NAMED:,} more"] if len(marks) > _NAMED else [])
    return Finding(
        KIND,
        f"{plural(number, 'row')} with a model's own marks ({joined(named)})",
        f"Row {first} holds '{_around(example)}'. Such marks tell a model where a turn begins and "
        "ends; they were left over from training data that was made ready for one, and are put in "
        "anew by whichever model learns here.",
        "The model learns to write the marks as if they were words, so that they show up in its "
        "answers, or ends where it should go on.",
        harm_of(0.25, number / len(rows), 0.3),
        flagged_rows,
        change=f"Take the marks out of {plural(changes, 'text')}" if changes else "",
    )


def marks_in(text: str) -> list[str]:
    """The marks in a text, each as it stands there; none where the text is about them."""
    return [_NAME.findall(text[start:end])[0] for start, end in _spans(text)]


def without_marks(text: str) -> str:
    """The text without a model's marks; what they parted stands in lines of its own."""
    spans = _spans(text)
    if not spans:
        return text
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    parts = [text[end:start].strip() for end, start in zip(ends, starts, strict=True)]
    return "\n".join(filter(None, parts))


def _spans(text: str) -> list[tuple[int, int]]:
    """Where marks begin and end."""
    found = [match.span() for match in _MARK.finditer(text)]
    found += _ends_of_llama(text)
    if text.lstrip().startswith("[CLS]") or text.rstrip().endswith("[SEP]"):
        found += [match.span() for match in _BERT.finditer(text)]
    inside = all(text[:start].strip() and text[end:].strip() for start, end in found)
    return [] if inside and _ABOUT.search(_MARK.sub(" ", text)) else sorted(found)


def _ends_of_llama(text: str) -> list[tuple[int, int]]:
    """`<s>` and `</s>` but for those that strike words out, as HTML does."""
    opened: re.Match[str] | None = None
    found: list[tuple[int, int]] = []
    for match in _STRIKE.finditer(text):
        before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
        if not match[1]:
            opened = match
            if not before or before.endswith("</s>"):
                found.append(match.span())
        elif opened is None or (opened.span() in found and (not after or after.startswith("<s>"))):
            found.append(match.span())
            opened = None
        else:  # words that are struck out
            found = [span for span in found if span != opened.span()]
            opened = None
    return found


def _find_hints(texts: Sequence[str]) -> Iterator[int]:
    for start in range(0, len(texts), _CHUNK):
        part = pa.array(texts[start : start + _CHUNK], pa.large_string())
        for row in pc.indices_nonzero(pc.match_substring_regex(part, _HINT)).to_pylist():
            yield start + row


def _around(text: str) -> str:
    """The text around its first mark."""
    start, end = _spans(text)[0]
    begin = text.rfind(" ", 0, max(0, start - 40)) + 1
    return shortened(text[begin : max(end, begin + 60)])

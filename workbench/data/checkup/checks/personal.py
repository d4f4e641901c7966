"""Personal data: what a model should not learn by heart."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.words import joined, plural, shortened
from workbench.data.checkup.checks.answers import answers_of
from workbench.data.checkup.fields import rewrite, text_roles, texts_in
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.privacy.masking import KINDS, NAME, Kind, Masker, kinds_for
from workbench.data.checkup.rows import Rows

KIND = "personal"
_CHUNK = 20_000
_ACCOUNT, _CONTACT, _NAMES = range(3)
_HARM = (0.25, 0.15, 0.05)
"""What a row of each level weighs: money can be taken, people can be reached, names are often in
public texts."""
_LEVEL_OF = {"IBAN": _ACCOUNT, "CARD": _ACCOUNT, NAME: _NAMES}
_SMALL = re.compile(r"\b[^\W\d_A-Z]{2,}\b")
"""Words without a capital."""
_PLACEHOLDER = re.compile(rf"\[({'|'.join(kind.placeholder for kind in KINDS)})(?:_\d+)?\]")
_OWN_SHARE, _OWN_ROWS = 0.02, 10
"""An address or a number in so many of the answers is that of the firm that writes them."""


def check(rows: Rows) -> Finding | None:
    """Rows with e-mail addresses, phone, card and account numbers, IP addresses or names.

    Those with most to hide come first.
    """
    masker, flagged_rows, counts = Masker(), list[FlaggedRow](), Counter[str]()
    worst: dict[int, int] = {}
    own = _own(rows)
    for row, kinds in _find_hints(rows, own):
        for flagged, found in _flag_row(rows, row, masker, kinds):
            flagged_rows.append(flagged)
            counts.update(found)
            place = min(_LEVEL_OF.get(kind, _CONTACT) for kind in found)
            worst[flagged.row_id] = min(place, worst.get(flagged.row_id, place))
    if not flagged_rows:
        return None
    flagged_rows.sort(key=lambda flagged: worst[flagged.row_id])
    number, first = len(worst), flagged_rows[0]
    names = sum(place == _NAMES for place in worst.values())
    return Finding(
        KIND,
        f"{plural(number, 'row')} with {'names of persons' if names == number else 'personal data'}",
        f"{_describe_counts(counts, names if names < number else 0)} With placeholders row "
        f"{first.row_id} reads '{shortened(_show_masked(rows, first), 90)}'; what is the same has "
        f"the same placeholder everywhere{_describe_numbering(rows)}."
        f"{_describe_spared(rows, flagged_rows, names == number)}{_describe_own(own)}",
        "A model can say word for word what it learned, to anyone who asks; placeholders keep "
        "what the texts are about.",
        max(
            harm_of(harm, sum(place <= level for place in worst.values()) / len(rows), 0.3)
            for level, harm in enumerate(_HARM)
        ),
        flagged_rows,
        remove=f"Take out {plural(number, 'row')}",
        change=f"Put placeholders into {plural(number, 'row')}",
    )


def _describe_counts(counts: Counter[str], only_names: int) -> str:
    told = [
        plural(counts[kind.placeholder], kind.called, kind.several)
        for kind in KINDS
        if counts[kind.placeholder]
    ]
    only = f"; {plural(only_names, 'row')} {_has(only_names)} names only" if only_names else ""
    return f"There {'is' if told[0].startswith('1 ') else 'are'} {joined(told)}{only}."


def _describe_numbering(rows: Rows) -> str:
    return ", and what only an answer has one without a number" if _is_replied(rows) else ""


def _is_replied(rows: Rows) -> bool:
    """Whether each row is a question and a reply to it in free words."""
    return rows.task.answers_are_free_text and bool(rows.task.answer_role)


def _describe_own(own: Collection[str]) -> str:
    if not own:
        return ""
    taken = (
        "is taken for your own and stays" if len(own) == 1 else "are taken for your own and stay"
    )
    return (
        f" {plural(len(own), 'address or number', 'addresses or numbers')} in many answers {taken}."
    )


def _has(number: int) -> str:
    return "has" if number == 1 else "have"


def _describe_spared(rows: Rows, flagged_rows: Sequence[FlaggedRow], only_names: bool) -> str:
    """Which rows are better left alone."""
    role = rows.task.answer_role
    if rows.task.answers_are_json and any(flagged.role == role for flagged in flagged_rows):
        return (
            " Fields that are asked for would become placeholders, too: leave them alone where the "
            "model is to find such data."
        )
    if only_names:
        return " Names that everybody knows, as in news or reviews of films, may stay."
    return ""


def _flag_row(
    rows: Rows, row: int, masker: Masker, kinds: Sequence[Kind]
) -> Iterator[tuple[FlaggedRow, list[str]]]:
    """A flagged row for each text of a row that has something in it, and what that is."""
    texts = {role: rows.values[role][row] for role in text_roles(rows)}
    said: list[str] = []
    for role, text in texts.items():
        said += texts_in(rows.task, role, text)
    mask = masker.of_row(said, kinds)
    drop = True
    before = ""
    for role, text in texts.items() if mask else ():
        mask.found = []
        after = rewrite(rows.task, role, text, mask)
        if role == rows.task.answer_role and _is_replied(rows):
            after = _PLACEHOLDER.sub(partial(_keep_number, before), after)
        if mask.found and not _is_all_unknown(after, before):
            note = joined([kind.called for kind in KINDS if kind.placeholder in mask.found])
            yield (
                FlaggedRow(rows.row_ids[row], drop=drop, role=role, after=after, note=note),
                mask.found,
            )
            drop = False
        before += after


def _keep_number(before: str, found: re.Match[str]) -> str:
    """A placeholder of an answer; without its number where no model could know it."""
    return found[0] if found[0] in before else f"[{found[1]}]"


def _is_all_unknown(after: str, before: str) -> bool:
    """Whether a text is nothing but names that stand in no text before: "[NAME_1]" alone is no
    answer to learn."""
    said = [match[0] for match in _PLACEHOLDER.finditer(after)]
    alone = not any(map(str.isalnum, _PLACEHOLDER.sub("", after)))
    return bool(before) and alone and not any(name in before for name in said)


def _own(rows: Rows) -> frozenset[str]:
    """The addresses and numbers that stand in many of the first answers."""
    if not rows.task.answers_are_free_text:
        return frozenset()
    answers = answers_of(rows)[:_CHUNK]
    part, counts = pa.array(answers, pa.large_string()), Counter[str]()
    for kind in KINDS[:-1]:
        for row in pc.indices_nonzero(pc.match_substring_regex(part, kind.hint)).to_pylist():
            counts.update({key for _, _, key in kind.find(answers[row])})
    least = max(_OWN_ROWS, _OWN_SHARE * len(answers))
    return frozenset(key for key, times in counts.items() if times >= least)


def _common(rows: Rows) -> set[str]:
    """Words that the first texts have in small letters."""
    texts = (text for role in text_roles(rows) for text in rows.values[role][:_CHUNK])
    return {word for text in texts for word in _SMALL.findall(text)}


def _find_hints(rows: Rows, own: Collection[str]) -> Iterator[tuple[int, list[Kind]]]:
    """Rows that may hold something, and what."""
    kinds = kinds_for(_common(rows), own)
    for start in range(0, len(rows), _CHUNK):
        rows.progress(start / len(rows))
        hints: dict[int, set[int]] = defaultdict(set)
        for role in text_roles(rows):
            part = pa.array(rows.values[role][start : start + _CHUNK], pa.large_string())
            for number, kind in enumerate(KINDS):
                hinted = pc.match_substring_regex(part, kind.hint)
                for row in pc.indices_nonzero(hinted).to_pylist():
                    hints[start + row].add(number)
        for row, numbers in sorted(hints.items()):
            yield row, [kinds[number] for number in sorted(numbers)]


def _show_masked(rows: Rows, flagged: FlaggedRow) -> str:
    """The first text of a flagged row with a placeholder, from shortly before that on."""
    texts = texts_in(rows.task, flagged.role, flagged.after or "")
    text, start = next(
        ((text, match.start()) for text in texts if (match := _PLACEHOLDER.search(text))), ("", 0)
    )
    start = max(0, start - 40)
    return text[start:] if start == 0 else f"… {text[start:].split(' ', 1)[-1]}"

"""A row for every mail, or for every thread with its conversation where mails were answered."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress, silent
from workbench.core.tasks import CLASSIFICATION
from workbench.core.words import plural
from workbench.data.readers.documents.folders import folders_of
from workbench.data.readers.kinds import MAIL
from workbench.data.readers.listing import Listing, Part, Row
from workbench.data.readers.messages.chats import who_answers
from workbench.data.readers.messages.mails import Mail, mails_in
from workbench.data.readers.messages.speakers import (
    Utterance,
    answerers,
    is_answered,
    messages_json,
)
from workbench.data.readers.table import Meant, ReadOptions

_COLUMNS = ["subject", "from", "to", "date", "text"]
_LONGEST_THREAD = 200
_MAILBOXES = frozenset(
    [
        "inbox",
        "sent",
        "drafts",
        "archive",
        "trash",
        "outbox",
        "posteingang",
        "gesendet",
        "entwürfe",
        "papierkorb",
    ]
)
"""Folders of mail programs, which tell where a mail is and not what it is."""


def listing(
    parts: Sequence[Part], name: str, options: ReadOptions, progress: Progress = silent
) -> Listing:
    """Mails with the columns subject, from, to, date, text, and file if there are several files.

    Where they lie in a few folders that look like categories, the column folder says in which. Else,
    if one of them was answered by another person there is a row for every thread instead:
    its first mail, and the whole conversation as `messages`.

    Raises:
        WorkbenchError: a file cannot be read. Of several, those that can are kept.
    """
    notes: list[str] = []
    found = _read(parts, notes, progress)
    columns = [*_COLUMNS, "file"] if len(parts) > 1 else list(_COLUMNS)
    folders = folders_of([part.name for part in parts])
    if folders.are_categories and not _MAILBOXES & {name.lower() for name in folders.folder}:
        return _sorted_mails(found, dict(zip(parts, folders.folder, strict=True)), name, notes)
    threads = _threads(found)
    talks = [[Utterance(mail.address, mail.text, mail.at) for mail in thread] for thread in threads]
    people = _sides(talks)
    side = options.assistant if options.assistant in people else next(iter(people), "")
    answered = sum(1 for talk in talks if is_answered(talk, side))
    if not answered:
        rows: Iterator[Row] = ([_value(mail, c) for c in columns] for mail in found)
        return Listing(name, MAIL, columns, rows, ReadOptions(), notes=notes)
    notes.append(
        f"{plural(len(found), 'mail')} in {plural(len(threads), 'thread')}: each row is a thread, "
        f"and {answered:,} of them {'has' if answered == 1 else 'have'} an answer."
    )
    notes.append(who_answers(side))
    rows = (
        [*(_value(thread[0], c) for c in columns), _conversation(talk, side)]
        for thread, talk in zip(threads, talks, strict=True)
    )
    options = ReadOptions(assistant=side)
    return Listing(name, MAIL, [*columns, "messages"], rows, options, people, notes)


def _sorted_mails(
    found: list[Mail], folder_of: Mapping[Part, str], name: str, notes: list[str]
) -> Listing:
    """A row for every mail, whether answered or not, with its folder, which is its category."""
    folders = {part.name: folder for part, folder in folder_of.items()}
    rows: Iterator[Row] = (
        [*(_value(mail, c) for c in _COLUMNS), folders.get(mail.file, ""), mail.file]
        for mail in found
    )
    kinds = len(set(filter(None, folders.values())))
    notes.append(f"Each mail is a row, and its folder, one of {kinds:,}, is its category.")
    roles = {"text": "subject: {subject}\ntext: {text}", "label": "folder"}
    meant = Meant(CLASSIFICATION.name, roles, "the folders look like categories of mails")
    columns = [*_COLUMNS, "folder", "file"]
    return Listing(name, MAIL, columns, rows, ReadOptions(), notes=notes, meant=meant)


def _conversation(talk: list[Utterance], side: str) -> str | None:
    return messages_json(talk, side) if is_answered(talk, side) else None


def _read(parts: Sequence[Part], notes: list[str], progress: Progress) -> list[Mail]:
    found: dict[str, Mail] = {}
    for index, part in enumerate(parts):

        def so_far(share: float, index: int = index) -> None:
            progress((index + share) / len(parts))

        try:
            for mail in mails_in(part, so_far):
                found.setdefault(mail.id or f"\0{len(found)}", mail)  # one may lie in two folders
        except WorkbenchError as error:
            if len(parts) == 1:
                raise
            notes.append(str(error))
        so_far(1.0)
    return list(found.values())


def _value(mail: Mail, column: str) -> str:
    values = {"subject": mail.subject, "from": mail.sender, "to": mail.to, "date": mail.date}
    return {**values, "text": mail.text, "file": mail.file}[column]


def _threads(mails: list[Mail]) -> list[list[Mail]]:
    """Mails that follow one another, by their headers, else by their subject; each in its order."""
    of_id: dict[str, int] = {}
    of_topic: dict[str, int] = {}
    threads: list[list[Mail]] = []
    ordered = (
        sorted(mails, key=lambda mail: (mail.at is None, mail.at)) if _have_dates(mails) else mails
    )
    for mail in ordered:
        known = [of_id[other] for other in mail.answers if other in of_id]
        if not known and mail.is_reply and mail.topic in of_topic:
            known = [of_topic[mail.topic]]
        place = next((p for p in known if len(threads[p]) < _LONGEST_THREAD), len(threads))
        if place == len(threads):
            threads.append([])
        threads[place].append(mail)
        of_topic[mail.topic] = place
        of_id.update(dict.fromkeys([mail.id, *mail.answers] if mail.id else mail.answers, place))
    return threads


def _have_dates(mails: list[Mail]) -> bool:
    return all(mail.at is not None for mail in mails)


def _sides(talks: list[list[Utterance]]) -> tuple[str, ...]:
    """Who may be the side that answers: addresses, and domains of which several people answer.

    A domain comes first if its people together answer those of others more often than any one.
    """
    people = answerers(talks)
    own: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    who: dict[str, set[str]] = {}
    for talk in talks:
        first = talk[0].who
        reply = next((said.who for said in talk if said.who != first), "")
        own[reply] += bool(reply)
        if _domain(reply) != _domain(first) and reply:
            ours[_domain(reply)] += 1
            who.setdefault(_domain(reply), set()).add(reply)
    domains = [domain for domain, _ in ours.most_common() if len(who[domain]) > 1]
    best = max(own.values(), default=0)
    leading = [domain for domain in domains if ours[domain] >= best]
    return (*leading, *people, *(domain for domain in domains if domain not in leading))


def _domain(address: str) -> str:
    return "@" + address.rpartition("@")[2]

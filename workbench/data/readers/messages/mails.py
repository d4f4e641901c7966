"""E-mails, one a file (.eml) or many (.mbox): their headers, and the text as people wrote it."""

import datetime as dt
import email
import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr, parsedate_to_datetime

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress
from workbench.data.readers.html_text import text_of
from workbench.data.readers.listing import Part

LONGEST_TEXT = 50_000
"""Characters of one mail; what is longer is a log or a picture in letters."""
_REPLY = re.compile(r"\s*((re|aw|antw|sv|rv|fwd?|wg|tr)(\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_QUOTE_HEAD = re.compile(
    r"\n[ \t]*(-{3,} ?(original message|ursprüngliche nachricht|message d'origine|forwarded message"
    r"|mensaje original)[^\n]*|_{20,}[ \t]*\n[ \t]*(from|von|de) ?:[^\n]*"
    r"|(on|am|le|el)\b[^\n]{6,200}(\n[^\n]{0,120})?(wrote|schrieb[^\n]{0,80}|a écrit|escribió) ?:)"
    r"[ \t]*(\n|$)",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"\n-- ?\n.*", re.DOTALL)


@dataclass(frozen=True)
class Mail:
    """One mail."""

    subject: str
    sender: str
    """As shown: `Anna Berg <anna@example.com>`."""
    address: str
    to: str
    at: dt.datetime | None
    """UTC, without saying so; for order and pauses."""
    date: str
    """As its writer's clock showed it."""
    text: str
    """Without earlier mails that it quotes."""
    id: str
    answers: tuple[str, ...]
    """Ids of the mails that it follows, the nearest first."""
    file: str

    @property
    def topic(self) -> str:
        """The subject without what answering puts before it."""
        return " ".join(_REPLY.sub("", self.subject, count=1).casefold().split())

    @property
    def is_reply(self) -> bool:
        """Whether it follows another, by its own word."""
        return bool(self.answers) or bool(_REPLY.match(self.subject))


def mails_in(part: Part, progress: Progress) -> Iterator[Mail]:
    """The mails of a file.

    Raises:
        WorkbenchError: there is none in it.
    """
    empty = True
    for message in _messages(part, progress):
        mail = _mail(message, part.name)
        if mail.sender or mail.subject or mail.date:
            empty = False
            yield mail
    if empty:
        raise WorkbenchError(f"{part.name} holds no e-mail that can be read: export it again.")


def _messages(part: Part, progress: Progress) -> Iterator[Message]:
    with part.path.open("rb") as stream:
        head = stream.read(5)
    if head != b"From ":
        with part.path.open("rb") as stream:
            yield email.message_from_binary_file(stream)
        return
    box = mailbox.mbox(part.path, create=False)
    try:
        keys = box.keys()
        for number, key in enumerate(keys, 1):
            yield email.message_from_bytes(box.get_bytes(key))
            progress(number / len(keys))
    finally:
        box.close()


def _mail(message: Message, file: str) -> Mail:
    sender, date = _header(message, "From"), _header(message, "Date")
    moment = _moment(date)
    at = moment.astimezone(dt.UTC).replace(tzinfo=None) if moment else None
    return Mail(
        subject=_header(message, "Subject"),
        sender=sender,
        address=parseaddr(sender)[1].lower() or sender,
        to="; ".join(name or address for name, address in getaddresses([_header(message, "To")])),
        at=at,
        date=moment.strftime("%Y-%m-%d %H:%M") if moment else date,
        text=_body(message),
        id=_header(message, "Message-ID"),
        answers=_answers(message),
        file=file,
    )


def _header(message: Message, name: str) -> str:
    """A header as text on one line."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(value)))
    except (LookupError, ValueError):  # an encoding that does not exist, or bytes that break it
        text = str(value)
    return " ".join(text.split())


def _answers(message: Message) -> tuple[str, ...]:
    ids = re.findall(r"<[^<>\s]+>", _header(message, "References"))
    return tuple(
        dict.fromkeys(re.findall(r"<[^<>\s]+>", _header(message, "In-Reply-To"))[:1])
    ) + tuple(reversed(ids))


def _moment(date: str) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(date)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        moment.astimezone(dt.UTC)
    except (TypeError, ValueError, IndexError, OverflowError):  # no date, or one before all years
        return None
    return moment


def _body(message: Message) -> str:
    """The text that was written: the plain version where there is one, else the HTML's text."""
    plain = html = ""
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        if kind == "text/plain" and not plain:
            plain = _decode(part).strip()
        elif kind == "text/html" and not html:
            html = _decode(part)
    return without_quotes(plain or text_of(html))[:LONGEST_TEXT]


def _decode(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        return raw.decode(part.get_content_charset() or "utf-8", "strict")
    except (LookupError, ValueError):
        return raw.decode("cp1252", "replace")


def without_quotes(text: str) -> str:
    """A mail without the earlier mails that it quotes and without its signature.

    One that is nothing but a quote stays as it is.
    """
    text = text.replace("\r\n", "\n")
    kept = _SIGNATURE.sub("", _QUOTE_HEAD.split("\n" + text, maxsplit=1)[0] + "\n")
    lines = [line.rstrip() for line in kept.split("\n") if not line.startswith(">")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() or text.strip()

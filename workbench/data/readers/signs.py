"""What a text begins with that is a mail, a chat or a document rather than a table."""

import re
from itertools import groupby
from pathlib import PurePosixPath

from workbench.data.readers.lines import are_wrapped, ends_sentence
from workbench.data.readers.messages import messengers, teams, whatsapp
from workbench.data.readers.tables.separators import is_table

HEAD = 8192
"""Bytes that are enough to see them."""
_LINES = 40
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):(\s|$)")
_OF_MAIL = {
    "from", "to", "subject", "date", "message-id", "received", "return-path", "mime-version",
    "delivered-to", "content-type", "reply-to", "cc", "x-mailer", "dkim-signature", "sender",
    "content-transfer-encoding", "x-gmail-labels", "x-gm-thrid", "in-reply-to", "references",
}  # fmt: skip
_OF_DOCUMENT = (".txt", ".text", ".log", ".rst", ".story", ".md", ".markdown")
_OF_MARKDOWN = (".md", ".markdown")
_NUMBER = re.compile(r"\.(\d+|[0-9a-f]{8,})")
_LONG_LINE = 1500
_LEAST_OF_LIST = 10
_MARKDOWN = re.compile(r"(?m)\A---\s*$|^(#{1,6} \S|[-*] \S|> \S|```)")
_TAGGED = re.compile(r"\S+(?:[ \t]+\S+)*[ \t]+(?:O|[BIESLU][-_]\S+)[ \t]*")
_BEGUN = re.compile(r"[ \t][BSU][-_]\S+[ \t]*$")
_BRAT = re.compile(r"(T\d+\t\S+ \d+ \d+(;\d+ \d+)*\t|[REAMN#*]\d*\t)")


def of_teams(head: bytes) -> bool:
    """JSON that lists the messages of a chat: of Microsoft Teams, or of a messenger."""
    return teams.looks_like(head) or messengers.looks_like(head)


def is_slow(head: bytes) -> bool:
    """Whether these are mails or a chat, of which a little takes as long as much of a table."""
    text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return of_mail(text, "") or of_whatsapp(text) or of_teams(head)


def of_whatsapp(text: str) -> bool:
    """A chat of WhatsApp."""
    return whatsapp.looks_like(text.split("\n")[:_LINES])


def of_mail(text: str, name: str) -> bool:
    """A mail, or a mailbox, by the lines at its start."""
    lines = text.lstrip("\n\r").splitlines()
    if lines and re.match(r"From \S+( .*\d{4}|$)", lines[0]):
        lines = [line.lstrip(">") for line in lines[1:]]
    elif lines and not _HEADER.match(lines[0]):
        return False
    found = []
    for line in lines:
        header = _HEADER.match(line)
        if not line.strip() or not (header or line[:1] in " \t"):
            break
        if header:
            found.append(header[1].lower())
    known = _OF_MAIL & set(found)
    return len(known) >= (1 if name.lower().endswith((".eml", ".mbox")) else 3)


def of_yaml(text: str, name: str) -> bool:
    """YAML, by its name or as the training data of an assistant."""
    named = name.lower().endswith((".yml", ".yaml"))
    return named or bool(re.search(r"(?m)^nlu:\s*$\n(\s*(#.*)?\n)*\s*- (intent|synonym):", text))


def of_tagged(text: str) -> bool:
    """A word and its tag (B-CITY, O) in each line, and an empty line between sentences."""
    lines = [line for line in text.splitlines()[:-1] if line.strip() and not line.startswith("#")]
    tagged = [line for line in lines if not line.startswith("-DOCSTART")]
    if len(tagged) < 4 or not all(map(_TAGGED.fullmatch, tagged)):  # mostly the first line tells
        return False
    return any(map(_BEGUN.search, lines))


def of_half(text: str) -> str:
    """What is but the half of something, or in a form that needs another program; with a way on."""
    if text.startswith("#FORMAT=WebAnno TSV"):
        return "an export of WebAnno or INCEpTION in a form of its own: export it as CoNLL 2002"
    lines = text.splitlines()[:20]
    if len(lines) > 1 and all(_BRAT.match(line) for line in lines):
        return (
            "the marks of BRAT without their text: bring text and marks together as CoNLL or as "
            "JSON with a text and its places in each record"
        )
    return ""


def of_document(text: str, name: str) -> bool:
    """Prose: a name that promises no table, and a text that is none.

    What is left is one sentence, paragraphs, or sentences broken into lines; a list of lines that
    stand for themselves is a table of one column.
    """
    if not may_be_text(name):
        return False
    if is_markdown(name) and _MARKDOWN.search(text):
        return True
    if is_table(text, name):
        return False
    if is_markdown(name):
        return True
    lines = [line.rstrip() for line in text.splitlines()]
    blocks = [list(block) for filled, block in groupby(lines, bool) if filled]
    filled = sum(map(len, blocks))
    if filled <= 1 or max(map(len, lines)) > _LONG_LINE:
        return True
    return are_wrapped(blocks) or ((len(blocks) - 1) * 12 >= filled and not _is_list(blocks))


def _is_list(blocks: list[list[str]]) -> bool:
    """Whether every line is a sentence of its own, so that gaps between some say nothing."""
    lines = [line for block in blocks for line in block]
    if len(lines) < _LEAST_OF_LIST or len(lines) < 3 * len(blocks):
        return False
    return sum(map(ends_sentence, lines)) >= 0.8 * len(lines)


def may_be_text(name: str) -> bool:
    """Whether a name promises a text, or nothing."""
    suffix = PurePosixPath(name.lower()).suffix
    return not suffix or suffix in _OF_DOCUMENT or bool(_NUMBER.fullmatch(suffix))


def is_markdown(name: str) -> bool:
    """Whether a name promises Markdown."""
    return name.lower().endswith(_OF_MARKDOWN)

"""What a text begins with that is a mail, a chat or a document rather than a table."""

import re
from itertools import pairwise

from workbench.data.readers.messages import teams, whatsapp

HEAD = 8192
"""Bytes that are enough to see them."""
_LINES = 40
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):(\s|$)")
_OF_MAIL = {
    "from", "to", "subject", "date", "message-id", "received", "return-path", "mime-version",
    "delivered-to", "content-type", "reply-to", "cc", "x-mailer", "dkim-signature", "sender",
    "content-transfer-encoding", "x-gmail-labels", "x-gm-thrid", "in-reply-to", "references",
}  # fmt: skip
_OF_DOCUMENT = (".txt", ".text", ".md", ".markdown")
_LONG_LINE = 1500
_MARKDOWN = re.compile(r"(?m)^(#{1,6} \S|[-*] \S|> \S|```)")


def of_teams(head: bytes) -> bool:
    """JSON that lists the messages of a chat of Microsoft Teams."""
    return teams.looks_like(head)


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


def of_document(text: str, name: str) -> bool:
    """Prose: a name that promises a text, and paragraphs rather than one row a line."""
    if not name.lower().endswith(_OF_DOCUMENT):
        return False
    lines = [line.rstrip() for line in text.splitlines()][:-1] or text.splitlines()
    if any("\t" in line.strip() for line in lines[:5]):
        return False
    if name.lower().endswith(_OF_DOCUMENT[2:]) and _MARKDOWN.search(text):
        return True
    gaps = sum(1 for before, after in pairwise(lines) if before and not after)
    filled = sum(1 for line in lines if line)
    return max(map(len, lines), default=0) > _LONG_LINE or (gaps > 0 and gaps * 12 >= filled)

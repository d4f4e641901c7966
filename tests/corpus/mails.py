"""Made-up mails: a support desk with two people, a newsletter, and a page of HTML."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """One mail."""

    id: str
    sender: str
    to: str
    subject: str
    day: int
    text: str
    follows: str = ""


_DESK = "Anna Berg <anna@quillberry.example>"
_OTHER = "Ben Ode <ben@quillberry.example>"


def _thread(number: int, question: str, answer: str, desk: str) -> list[Letter]:
    customer = f"Customer {number} <c{number}@mail{number}.example>"
    address = "support@quillberry.example"
    return [
        Letter(f"q{number}", customer, address, f"Order {number}", number, question),
        Letter(
            f"a{number}",
            desk,
            customer,
            f"Re: Order {number}",
            number,
            f"{answer}\n\nOn Monday Customer {number} wrote:\n> {question}\n",
            f"q{number}",
        ),
    ]


_SIGNATURE = "\n-- \nQuillberry, Mill Lane 4"
SUPPORT = [
    letter
    for number in range(1, 7)
    for letter in _thread(
        number,
        f"Where is my parcel number {number}? It was due on Monday.",
        f"It leaves today, number {number}; please excuse the delay." + _SIGNATURE,
        _DESK if number % 2 else _OTHER,
    )
] + [
    Letter("t1", _thread(1, "", "", _DESK)[0].sender, "support@quillberry.example",
           "AW: Order 1", 9, "Thank you, it is here.", "a1"),
    Letter("x1", "Customer 8 <c8@mail8.example>", "support@quillberry.example",
           "Nobody answers me", 10, "Hello? Is anybody there?"),
]  # fmt: skip
NEWS = [
    Letter(f"n{n}", "News <news@paper.example>", "me@home.example", f"=?utf-8?q?N=C2=BA_{n}?=", n,
           f"The paper of day {n}: nothing happened, and that at length.")
    for n in range(1, 13)
]  # fmt: skip


def eml(letter: Letter) -> str:
    """The mail as a file."""
    follows = f"In-Reply-To: <{letter.follows}@x>\n" if letter.follows else ""
    return (
        f"Message-ID: <{letter.id}@x>\n{follows}From: {letter.sender}\nTo: {letter.to}\n"
        f"Subject: {letter.subject}\nDate: {letter.day:02} Mar 2024 10:0{len(letter.id) % 9}:"
        f"{'30' if letter.follows else '00'} +0100\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{letter.text}\n"
    )


def mbox(letters: Sequence[Letter]) -> str:
    """The mails as a mailbox."""
    return "".join(f"From x@y Mon Mar  4 10:00:00 2024\n{eml(letter)}\n" for letter in letters)


def as_files(letters: Sequence[Letter]) -> dict[str, str]:
    """Each mail as a file."""
    return {f"{letter.id}.eml": eml(letter) for letter in letters}


HTML = """\
Received: from a by b; Tue, 5 Mar 2024 10:00:00 +0000
From: =?iso-8859-1?q?J=FCrgen_Gro=DF?= <j@gross.example>
To: "Desk, the" <desk@quillberry.example>, other@quillberry.example
Subject: =?utf-8?b?R3LDvMOfZQ==?=
Date: Tue, 5 Mar 2024 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<html><head><style>p {color: red}</style></head><body><p>Sch=F6ne&nbsp;Gr=FC=DFe,</p>
<p>the mug is <b>broken</b>.<br>Please send another.</p></body></html>

--b
Content-Type: text/plain; name="log.txt"
Content-Disposition: attachment; filename="log.txt"

a log that nobody wrote
--b--
"""

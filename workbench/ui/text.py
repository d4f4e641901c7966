"""Text of somebody else's on a page: shown as it was written, never as formatting.

Whatever streamlit takes for Markdown passes through here unless it is our own words: cells, names
of columns, files, projects and models, a model's answers and its licence, an error's sentence.

A backslash holds what the parser would take. What streamlit 1.67 replaces after parsing (web and
mail addresses, icon and emoji codes, arrows) no backslash holds: there a word joiner, of no width,
stands between two characters. What would reorder or end the page's own words (bidirectional
overrides, control characters, halves of a pair) is shown as a replacement character.
"""

import re

JOINER = "\u2060"
_TAKEN = re.compile(
    r"""
    [\\`*~$<\[\]{}|]                    # code, emphasis, formulas, tags, links, directives, tables
    | (?<![^\W_])_ | _(?![^\W_])        # emphasis; not within_a_word
    | &(?=\#?\w)                        # a character by its name or number
    | :(?=\S|$)                         # a directive
    | ^[-+=\#>] | !$                       # a list, a heading, a quote, a line; half a picture
    """,
    re.VERBOSE,
)
_NUMBERED = re.compile(r"^([0-9]{1,9})([.)])(?=\s|$)")
_REPLACED = re.compile(
    r"""
    (?<=:)(?=//)                              # https://…
    | (?<=www)(?=\.)                          # www.…
    | (?<=@)(?=[-\w]+\.)                      # name@host.…
    | (?<=:)(?=material[/_] | (?!\d\d?:)[-+\w]+:)     # :material/…:, :smile:
    | (?:(?<=^[<~>-]) | (?<=\s[<~>-]))(?=(?:-?>|-|=)(?:\s|$))     # -> -- <- <-> >= <= ~=
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DISORDERLY = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def plain(text: object) -> str:
    """Any text (or number) on one line of Markdown; white space becomes single blanks."""
    return _held(" ".join(orderly(str(text)).split()))


def code(text: str) -> str:
    """A text on one line as inline code, to be copied letter by letter."""
    line = " ".join(orderly(text).split()).replace(":material/", f":{JOINER}material/")
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    return f"{fence} {line} {fence}" if line.strip("`") != line else f"{fence}{line}{fence}"


def plain_lines(text: str) -> str:
    """A text of many lines as one paragraph of Markdown, with its line ends and blanks kept."""
    lines = _LINE_ENDS.split(orderly(text))
    return "  \n".join(plain_line(line) or "&nbsp;" for line in lines)


def plain_line(line: str) -> str:
    """One line with its blanks kept: at its start, and where there are several."""
    held = _held(orderly(line).expandtabs(4))
    lead = len(held) - len(held.lstrip(" "))
    return "\u00a0" * lead + held[lead:].replace("  ", "\u00a0 ")


def orderly(text: str) -> str:
    """The text without what would reorder or end what stands around it."""
    return _DISORDERLY.sub("\ufffd", text)


def _held(line: str) -> str:
    lead = len(line) - len(line.lstrip(" "))
    held = _TAKEN.sub(r"\\\g<0>", _REPLACED.sub(JOINER, line[lead:]))
    return line[:lead] + _NUMBERED.sub(r"\1\\\2", held)

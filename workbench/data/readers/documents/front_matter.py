"""What stands above a Markdown text and is about it: title, date, tags, in YAML or TOML."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_CHARACTERS, MOST_COLUMNS = 1 << 16, 30
_FENCES = {"---": ("---", "..."), "+++": ("+++",)}
_LINE = re.compile(r"([^\W\d][\w .-]{0,60}):(?:\s+(.*))?\s*")


@dataclass(frozen=True)
class FrontMatter:
    """The keys above a text, and where the text begins."""

    values: Mapping[str, str] = field(default_factory=dict)
    """Key → text; of a list the items with commas between."""
    unused: tuple[str, ...] = ()
    """Keys whose values have parts of their own."""
    lines: int = 0
    """How many lines of the file it takes, its fences among them; 0 if there is none."""

    def left_out(self, columns: Collection[str]) -> list[str]:
        """The keys that none of these columns holds."""
        return [*self.unused, *(key for key in self.values if key not in columns)]


def front_matter(lines: Iterable[str]) -> FrontMatter:
    """What stands between fences at the beginning of a text, if it is keys and values.

    Args:
        lines: the first lines of the file, at least up to `MOST_CHARACTERS`.
    """
    within: list[str] = []
    fences: tuple[str, ...] = ()
    toml = False
    for number, line in enumerate(lines, 1):
        bare = line.rstrip()
        if number == 1:
            if bare not in _FENCES:
                break
            fences, toml = _FENCES[bare], bare == "+++"
        elif bare in fences:
            found = _parse("\n".join(within), toml=toml)
            return _sorted(found, number) if found else FrontMatter()
        else:
            within.append(bare)
    return FrontMatter()


def columns_of(found: Iterable[FrontMatter]) -> list[str]:
    """The keys of some texts, those first that most of them have; no more than `MOST_COLUMNS`."""
    counts: dict[str, int] = {}
    for each in found:
        for key in each.values:
            counts[key] = counts.get(key, 0) + 1
    return sorted(counts, key=lambda key: -counts[key])[:MOST_COLUMNS]


def _parse(text: str, *, toml: bool) -> dict[str, Any]:
    """The keys and values; empty if the text is none."""
    if not toml:
        return _yaml(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _yaml(text: str) -> dict[str, Any]:
    """The keys of a block of YAML; a value is a text, a list of texts, or has parts of its own.

    What people write here is simpler than YAML, and often is none: "title: Refunds: how and when".
    """
    found: dict[str, list[str]] = {}
    key = ""
    for line in text.split("\n"):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match and line[0] not in " \t-":
            key = match[1].strip()
            found[key] = [match[2] or ""]
        elif key and line[0] in " \t-":
            found[key].append(line.strip())
        else:
            return {}
    return {key: _value(first.strip(), rest) for key, (first, *rest) in found.items()}


def _value(first: str, rest: list[str]) -> Any:
    """A value by what stands behind its key, and in the lines below."""
    items = [line[1:].strip() for line in rest if line.startswith("-")]
    if not first and items and len(items) == len(rest):
        return {} if any(map(_LINE.fullmatch, items)) else [_unquoted(item) for item in items]
    if not first and rest:
        return {}
    if first[:1] == "{":
        return {}
    if first[:1] == "[" and first[-1:] == "]" and not rest:
        return [_unquoted(item) for item in first[1:-1].split(",")]
    return _unquoted(" ".join([re.sub(r"^[|>][+-]?$", "", first), *rest]).strip())


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].strip()
    return re.sub(r"\s+#.*$", "", text)


def _sorted(found: Mapping[Any, Any], lines: int) -> FrontMatter:
    texts = {str(key): _text(value) for key, value in found.items()}
    values = {key: text for key, text in texts.items() if text}
    unused = tuple(key for key, text in texts.items() if text is None)
    return FrontMatter(values, unused, lines)


def _text(value: Any) -> str | None:
    """A value as a text; None where it has parts of its own."""
    if isinstance(value, dict):
        return None
    if isinstance(value, list):
        if any(isinstance(item, dict | list) for item in value):
            return None
        return ", ".join(text for item in value if (text := _text(item)))
    return " ".join(str(value).split()) if value is not None else ""

"""What a judge's reply says: A, B or a tie; a reply that does not say it clearly says nothing."""

import json
import re

A, B, TIE = "A", "B", "tie"
_LONGEST = 60
"""Characters of a line that holds a verdict and nothing else."""
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_WRAP = r"[\s*_`\"'“”\[\](){}#>]*"
_NAME = rf"{_WRAP}(?:answer\s+|response\s+)?{_WRAP}(?P<name>A|B|tie|draw|equal)"
_END = rf"{_WRAP}[.!,;]?{_WRAP}"
_LINE = re.compile(
    rf"{_WRAP}(?:final\s+|my\s+)?verdict{_WRAP}(?::|=|is\b){_NAME}{_END}", re.IGNORECASE
)
_MARK = re.compile(r"\[\[\s*(?P<name>A|B|tie)\s*\]\]", re.IGNORECASE)
_FENCE = re.compile(r"\A```\w*\n(.*)\n```\Z", re.DOTALL)
_ALONE = re.compile(rf"{_NAME}{_END}", re.IGNORECASE)


def read_verdict(reply: str) -> str | None:
    """A, B or TIE; None where the reply has no line that holds a verdict and nothing else, or several
    that differ. A mark ([[A]]) and the `verdict` of a JSON object are as good. Nothing is guessed from the
    words around it.
    """
    text = _THOUGHTS.sub("", reply).strip()
    if len(text) <= _LONGEST and (found := _ALONE.fullmatch(text)):
        return _named(found)
    if (told := _in_json(text)) is not None:
        return _named(alone) if (alone := _ALONE.fullmatch(told)) else None
    short = (own for line in text.splitlines() if len(own := line.strip()) <= _LONGEST)
    lines = map(_LINE.fullmatch, short)
    verdicts = {_named(found) for found in (*lines, *_MARK.finditer(text)) if found}
    return verdicts.pop() if len(verdicts) == 1 else None


def _in_json(text: str) -> str | None:
    """The `verdict` of a reply that is a JSON object; None of any other."""
    fenced = _FENCE.match(text)
    try:
        value = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return None
    told = value.get("verdict") if isinstance(value, dict) else None
    return told[:_LONGEST] if isinstance(told, str) else None


def _named(found: re.Match[str]) -> str:
    name = found["name"].upper()
    return name if name in (A, B) else TIE

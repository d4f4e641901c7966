"""What a judge's reply says: A, B or a tie; a reply that does not say it clearly says nothing."""

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
_ALONE = re.compile(rf"{_NAME}{_END}", re.IGNORECASE)


def read_verdict(reply: str) -> str | None:
    """A, B or TIE; None where the reply has no line that holds a verdict and nothing else, or several
    that differ. Nothing is guessed from the words around it.
    """
    text = _THOUGHTS.sub("", reply).strip()
    if len(text) <= _LONGEST and (found := _ALONE.fullmatch(text)):
        return _named(found)
    short = (own for line in text.splitlines() if len(own := line.strip()) <= _LONGEST)
    lines = map(_LINE.fullmatch, short)
    verdicts = {_named(line) for line in lines if line}
    return verdicts.pop() if len(verdicts) == 1 else None


def _named(found: re.Match[str]) -> str:
    name = found["name"].upper()
    return name if name in (A, B) else TIE

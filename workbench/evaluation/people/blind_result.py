"""What a blind test came to, in sentences; right at any moment."""

from workbench.core.words import joined, percent, plural
from workbench.evaluation.people.blind_tests import EXPIRED, BlindTestInfo

DECIDED, UNDECIDED, ENDED = "decided", "undecided", "ended"


def headline(info: BlindTestInfo) -> str:
    """The one sentence: decided for whom, or not (yet)."""
    share = info.counted.share
    if info.state == DECIDED and share is not None:
        better, worse = (info.mine, info.other) if share > 0.5 else (info.other, info.mine)
        return f"Decided: people prefer the answers of '{better}' to those of '{worse}'."
    if info.state == UNDECIDED:
        return (
            f"All {plural(info.pairs, 'question')} are judged, and it is not decided: if people see a "
            "difference, it is a small one."
        )
    why = {ENDED: "Ended before it was decided.", EXPIRED: "The link's time is over; not decided."}
    if not info.votes:
        return f"{why.get(info.state, '')} Nobody has judged yet.".strip()
    return why.get(info.state, "Not decided yet.")


def evidence(info: BlindTestInfo) -> str:
    """What that rests on; empty without a vote."""
    if not info.votes:
        return ""
    found, parts = info.counted, []
    if found.decisive:
        low, high = info.interval
        parts.append(
            f"In {found.wins} of {plural(found.decisive, 'question')} '{info.mine}' was preferred "
            f"({percent(found.wins / found.decisive)}; with 95\u00a0% certainty, however often one "
            f"looks, {100 * low:.0f} to {percent(high)})."
        )
    if found.ties:
        parts.append(f"In {found.ties} nobody saw a difference.")
    parts.append(f"{plural(info.people, 'browser')} took part.")
    return " ".join(parts)


def size(info: BlindTestInfo) -> str:
    """What is judged."""
    alike = (
        f"; to {info.alike} more both answer alike, and nobody has to judge" if info.alike else ""
    )
    told = [f"{plural(info.pairs, 'exam question')} answered differently{alike}"]
    return f"{joined(told)}."

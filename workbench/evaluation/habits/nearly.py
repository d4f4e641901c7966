"""How near a text came to what is hidden in a row."""

from workbench.evaluation.habits.memorised import Probe
from workbench.evaluation.habits.sensitive import stands_in


def likeness(probe: Probe, said: str) -> float:
    """Of the hidden values that do not stand in a text, how like the likest piece of it is.

    Returns:
        0 (nothing like it) to below 1; 1 where all of them stand in it, or there are none.
    """
    from rapidfuzz.fuzz import partial_ratio

    hidden = [value.text for value in probe.hidden if not stands_in(value.text, said)]
    if not hidden:
        return 1.0
    return min(0.99, max(partial_ratio(text, said) for text in hidden) / 100)

"""Fields of a request, each of which is what it should be or is named in the error."""

from typing import Any

from workbench.engine.serving.errors import wrong


def model_of(body: dict[str, Any]) -> str:
    """The model that the request names."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise wrong("model", "must name a model, as GET /v1/models lists them")
    return model


def number(
    body: dict[str, Any],
    name: str,
    default: float,
    *,
    low: float,
    high: float | None = None,
    whole: bool = False,
) -> float:
    """A number within its bounds; the default where there is none."""
    value = body.get(name)
    if value is None:
        return default
    kinds = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise wrong(name, "must be a whole number" if whole else "must be a number")
    if not (low <= value and (high is None or value <= high)):
        reach = f"from {low:g} to {high:g}" if high is not None else f"{low:g} or more"
        raise wrong(name, f"must be {reach}, not {_shown(value)}")
    return value


def _shown(value: float) -> str:
    """A number in a sentence, however many digits it has."""
    try:
        return f"{value:g}"
    except OverflowError:
        return "a number of more than 300 digits"


def truth(body: dict[str, Any], name: str) -> bool:
    """Whether the field is true; one that is missing is not."""
    value = body.get(name)
    if value not in (None, True, False):
        raise wrong(name, "must be true or false")
    return bool(value)

"""Whether a model's weights are whole: what is not in them, transformers fills up at random."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError

_NUMBER = re.compile(r"\.\d+(?=\.|$)")
_NAMED = 2
"""Parts that are named as examples."""


def check_whole(
    model: Any,
    info: Mapping[str, Any],
    folder: Path,
    *,
    unused: Collection[str] = (),
    strict: bool = False,
) -> None:
    """Refuse a model some of whose weights would be random, or belong nowhere in it.

    Weights that are tied to others, and buffers, which are computed, are not missing.

    Args:
        info: what `from_pretrained` gives with `output_loading_info`.
        folder: whose model it is.
        unused: first names of parts that are made and not used, so that they need no weights.
        strict: whether weights beside the model's body, such as a head for another purpose, are
            refused like those inside of it.

    Raises:
        WorkbenchError: it is not whole; a sentence that names parts.
    """
    names = [name for name, _ in model.named_parameters(remove_duplicate=False)]
    missing = _missing(info, names, unused)
    if missing:
        raise WorkbenchError(
            f"The weights in {folder} lack {len(missing)} of the {len(names)} parts of a "
            f"{type(model).__name__} ({_some(missing)}): this is not a complete model of this "
            "kind. Get all of its files again, or choose another model."
        )
    strange = sorted(k for k in info["unexpected_keys"] if strict or _is_inside(k, model))
    if strange:
        raise WorkbenchError(
            f"The weights in {folder} have {len(strange)} parts that a {type(model).__name__} of "
            f"its config.json has no place for ({_some(strange)}): config.json and weights are not "
            "of one model. Get all of its files again, or choose another model."
        )


def _missing(info: Mapping[str, Any], names: Collection[str], unused: Collection[str]) -> list[str]:
    other_shape = {key for key, *_ in info.get("mismatched_keys") or ()}
    absent = {*info["missing_keys"], *other_shape} & set(names)
    return sorted(key for key in absent if key.split(".")[0] not in unused)


def _is_inside(key: str, model: Any) -> bool:
    """Whether a weight that the model does not know is a layer's of its body.

    One layer more is, and so is all of a half that was left out. A head for another purpose is not,
    and what older files keep of masks is no weight.
    """
    prefix = f"{model.base_model_prefix}."
    own = {name for name, _ in model.base_model.named_children()}
    numbered = _NUMBER.search(key) is not None and key.endswith(".weight")
    return numbered and (key.startswith(prefix) or key.split(".")[0] in own)


def _some(keys: list[str]) -> str:
    named = ", ".join(keys[:_NAMED])
    return f"{named} …" if len(keys) > _NAMED else named

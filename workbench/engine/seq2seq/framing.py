"""What stands around the two texts of an encoder-decoder: marks, languages, where writing starts.

Families differ in all of it. T5 begins to write after its padding token, BART after its end mark;
mBART and NLLB write the language first. The tokenizer knows what it puts around a text, the
model's generation settings what comes first; both are read here, once, so that training, exam and
server put the same around the same text.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import GenerationConfig

from workbench.core.errors import WorkbenchError
from workbench.engine.models.config import load_config, unreadable

_PROBE = "a"
_SOURCE_LIMITS = ("max_encoder_position_embeddings", "max_position_embeddings")
_TARGET_LIMITS = ("max_decoder_position_embeddings", "max_position_embeddings")


@dataclass(frozen=True)
class Framing:
    """The token ids around a source and a target, and how long both may be."""

    before_source: tuple[int, ...]
    after_source: tuple[int, ...]
    start: int
    """What the decoder reads first; it is never written."""
    opening: tuple[int, ...]
    """What every answer begins with (a language, say); generation is made to begin so."""
    end: int
    """The mark of the answer's end, which is learned."""
    ends: tuple[int, ...]
    """All marks that end an answer; sorted."""
    pad: int
    longest_source: int | None
    """Positions of the encoder, marks included; None where there is no end to them."""
    longest_target: int | None
    """The same of the decoder."""

    def source(self, ids: Sequence[int]) -> list[int]:
        """A question's ids as the encoder reads them."""
        return [*self.before_source, *ids, *self.after_source]

    def target(self, ids: Sequence[int]) -> list[int]:
        """An answer's ids as the decoder learns to write them."""
        return [*self.opening, *ids, self.end]

    @property
    def room_to_write(self) -> int | None:
        """Tokens of the longest answer behind what every one begins with; None without an end."""
        if self.longest_target is None:
            return None
        return max(1, self.longest_target - len(self.begun))

    @property
    def begun(self) -> list[int]:
        """What the decoder has before it when it starts to write."""
        return [self.start, *self.opening]


def framing_of(folder: Path, tokenizer: Any) -> Framing:
    """The framing of the model in `folder`.

    Raises:
        WorkbenchError: neither model nor tokenizer say how an answer begins.
    """
    config = load_config(folder)
    settings = settings_of(folder)
    before, after = _around(tokenizer, text=_PROBE)
    opening, closing = _around_target(tokenizer)
    end, rest = _end(closing, settings, tokenizer)
    start = _first_of(settings.decoder_start_token_id, getattr(config, _START, None), *rest,
                      settings.bos_token_id)  # fmt: skip
    if start is None:
        raise WorkbenchError(
            f"The model in {folder} does not say how its answers begin (decoder_start_token_id in "
            "generation_config.json or config.json is missing): get its files again, or choose "
            "another model."
        )
    if settings.forced_bos_token_id is not None:
        opening = (settings.forced_bos_token_id,)
    return Framing(
        before_source=before,
        after_source=after,
        start=start,
        opening=opening,
        end=end,
        ends=tuple(sorted({end, *_ids(settings.eos_token_id)})),
        pad=tokenizer.pad_token_id,
        longest_source=_limit(config, _SOURCE_LIMITS),
        longest_target=_limit(config, _TARGET_LIMITS),
    )


_START = "decoder_start_token_id"


def settings_of(folder: Path) -> GenerationConfig:
    """What the model's files say of how it writes.

    Older models say it in config.json, and transformers drops part of it there (5.23).

    Raises:
        WorkbenchError: the files are damaged.
    """
    try:
        if (folder / "generation_config.json").is_file():
            return GenerationConfig.from_pretrained(folder)
        told = json.loads((folder / "config.json").read_text("utf-8"))
        return GenerationConfig.from_model_config(told)
    except (OSError, ValueError) as error:
        raise unreadable(folder, "model", error) from error


def _around(tokenizer: Any, **how: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The ids that the tokenizer puts before and after a text's own."""
    found = tokenizer(**how, return_special_tokens_mask=True)
    ids, added = found["input_ids"], found["special_tokens_mask"]
    first = added.index(0)
    last = len(added) - 1 - added[::-1].index(0)
    return tuple(ids[:first]), tuple(ids[last + 1 :])


def _around_target(tokenizer: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The same for a text that is to be written, in the language of what is read."""
    if getattr(tokenizer, "src_lang", None) and not getattr(tokenizer, "tgt_lang", None):
        tokenizer.tgt_lang = tokenizer.src_lang
    return _around(tokenizer, text_target=_PROBE)


def _end(
    closing: tuple[int, ...], settings: GenerationConfig, tokenizer: Any
) -> tuple[int, tuple[int, ...]]:
    """The end mark among what closes a target, and what stands behind it (mBART's language)."""
    known = {tokenizer.eos_token_id, *_ids(settings.eos_token_id)}
    for at, mark in enumerate(closing):
        if mark in known:
            return mark, closing[at + 1 :]
    return tokenizer.eos_token_id, closing


def _ids(value: int | list[int] | None) -> list[int]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first_of(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def _limit(config: Any, names: Sequence[str]) -> int | None:
    own = config.to_dict()
    return next((int(own[name]) for name in names if own.get(name)), None)

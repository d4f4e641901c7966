"""The encoder that a training begins with: the base model's, or one that was tuned before.

Of a chain all weights are kept, LoRA's merged into them (encoders are small, and kept in float32), so
a model that was trained further needs nothing of the models before it.
"""

from pathlib import Path

from peft import PeftModel

from workbench.engine.encoder.encoder import Encoder, load_encoder
from workbench.engine.models.load import base_folder
from workbench.jobs.process.specs import BaseModelRef, TrainSpec
from workbench.models.trained import TrainedModel, read_trained


def encoder_to_start_from(
    base: BaseModelRef, start: Path | None, pooling: str | None = None
) -> Encoder:
    """The base model's encoder, or that of the trained model in `start`; its categories are left.

    Raises:
        WorkbenchError: it is missing or cannot be read.
    """
    if start is None:
        return load_encoder(base_folder(base), pooling)
    return trained_encoder(base, start, read_trained(start))


def trained_encoder(base: BaseModelRef, adapter: Path, trained: TrainedModel) -> Encoder:
    """The encoder of a trained model.

    Raises:
        WorkbenchError: it is missing or cannot be read.
    """
    if trained.method == "full":
        return load_encoder(adapter, trained.pooling)
    encoder = load_encoder(base_folder(base), trained.pooling)
    encoder.body = PeftModel.from_pretrained(encoder.body, adapter).merge_and_unload()
    return encoder


def merge_chained(spec: TrainSpec, encoder: Encoder) -> None:
    """Merge LoRA's matrices into an encoder that went on from a trained one."""
    if spec.start is not None and isinstance(encoder.body, PeftModel):
        encoder.body = encoder.body.merge_and_unload()

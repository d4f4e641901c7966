"""An encoder's classifier as an ONNX file: texts' tokens in, probabilities out."""

import shutil
from pathlib import Path
from typing import Any

import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import nn
from torch.nn.functional import normalize

from workbench.core.errors import WorkbenchError
from workbench.engine.encoder.encoder import CLS
from workbench.engine.encoder.model import EncoderModel
from workbench.models.exports.formats import INT8

OPSET = 18
INPUTS, OUTPUTS = ["input_ids", "attention_mask"], ["probabilities", "belonging"]
_LONGEST_TRY = 12
"""Tokens of the text that the graph is traced with."""


class Sorter(nn.Module):
    """Encoder, head and the measure of belonging, in float32 and in one graph."""

    embeddings: torch.Tensor
    labels: torch.Tensor

    def __init__(self, found: EncoderModel) -> None:
        super().__init__()
        self.body, self.head = found.model.encoder.body, found.model.head
        self.by_first = found.model.encoder.pooling == CLS
        detector = found.detector
        self.sure = detector.threshold.sure if detector else 0.0
        self.near = detector.threshold.near if detector else 0.0
        hidden = self.head.linear.weight.shape[1]
        memory = detector.memory.embeddings.float() if detector else torch.zeros(1, hidden)
        labels = detector.memory.labels if detector else torch.zeros(1, dtype=torch.long)
        self.register_buffer("embeddings", memory)
        self.register_buffer("labels", labels.long())

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Probabilities (texts, labels), and how much each text belongs to its likeliest one (texts,)."""
        states = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        texts = normalize(self._pooled(states, attention_mask), dim=1)
        logits = self.head(texts)
        best = logits.argmax(1)
        sureness = logits.log_softmax(1).amax(1)
        like = texts @ self.embeddings.T
        other = best[:, None] != self.labels[None]
        nearness = torch.where(other, torch.full_like(like, -1.0), like).amax(1)
        return logits.softmax(1), self.sure * sureness + self.near * nearness

    def _pooled(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        if self.by_first:
            return states[:, 0]
        seen = mask[..., None].to(states.dtype)
        return (states * seen).sum(1) / seen.sum(1)


def write_onnx(sorter: Sorter, target: Path, quantization: str) -> None:
    """Write the graph, for any number of texts of any length.

    Raises:
        WorkbenchError: an encoder of this kind cannot be put into ONNX.
    """
    whole = target.with_suffix(".whole.onnx")
    ids = torch.ones(2, _LONGEST_TRY, dtype=torch.long)
    texts, tokens = torch.export.Dim("texts", min=1), torch.export.Dim("tokens", min=2)
    shape = {0: texts, 1: tokens}
    try:
        torch.onnx.export(
            sorter.eval(), (ids, torch.ones_like(ids)), whole, dynamo=True, opset_version=OPSET,
            input_names=INPUTS, output_names=OUTPUTS, external_data=False, verbose=False,
            dynamic_shapes={"input_ids": shape, "attention_mask": shape},
        )  # fmt: skip
    except Exception as error:  # whatever tracing meets in a model's own code
        said = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
        raise WorkbenchError(
            f"This kind of encoder cannot be put into ONNX ({said}): use it with this program, or train "
            "another encoder."
        ) from error
    if quantization != INT8:
        whole.replace(target)
        return
    prepared = target.with_suffix(".prepared.onnx")
    try:
        quant_pre_process(str(whole), str(prepared), skip_symbolic_shape=True)
    except Exception:  # it only makes the result faster
        shutil.copyfile(whole, prepared)
    quantize_dynamic(str(prepared), str(target), weight_type=QuantType.QInt8, per_channel=True)
    for file in (whole, prepared):
        file.unlink(missing_ok=True)


class Session:
    """An ONNX file, read by onnxruntime."""

    def __init__(self, file: Path) -> None:
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(file), settings, providers=["CPUExecutionProvider"]
        )

    def sort(self, ids: list[list[int]], pad_id: int) -> list[tuple[Any, float]]:
        """Probabilities (labels,) and belonging of each text, given its token ids."""
        found = []
        for own in ids:
            tokens = torch.tensor([own], dtype=torch.long).numpy()
            mask = torch.ones(1, len(own), dtype=torch.long).numpy()
            shares, belongs = self._session.run(
                None, dict(zip(INPUTS, (tokens, mask), strict=True))
            )
            found.append((shares[0], float(belongs[0])))
        return found


def version() -> str:
    """Of the program that reads it."""
    return f"onnxruntime {onnxruntime.__version__}"

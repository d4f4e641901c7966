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
from workbench.core.long_texts.joins import LARGEST, MEAN
from workbench.engine.encoder.encoder import CLS, segments
from workbench.engine.encoder.model import EncoderModel
from workbench.engine.encoder.out_of_scope.belonging import FARTHEST
from workbench.engine.encoder.out_of_scope.detector import EVIDENCE
from workbench.jobs.process.number_range import NumberRange
from workbench.models.exports.formats import INT8

OPSET = 18
FIRST_NUMBER = 2
"""From here on the mask numbers texts that come as several windows."""
INPUTS = ["input_ids", "attention_mask"]
ONE_OF, ANY_OF = ["probabilities", "belonging"], ["probabilities", "sureness"]
"""What comes out where a text has one category, and where it may have several."""
NUMBER = ["scores", "estimate"]
"""What comes out where a text has a number."""
NOWHERE = -3.0
"""Less than any cosine."""
FAR = 1e4
"""What is taken from the logits of another text's windows."""
_LONGEST_TRY = 12
"""Tokens of the text that the graph is traced with."""


class Sorter(nn.Module):
    """Encoder, head and the measure of belonging, in float32 and in one graph."""

    embeddings: torch.Tensor
    labels: torch.Tensor
    usual: torch.Tensor
    thresholds: torch.Tensor

    def __init__(self, found: EncoderModel) -> None:
        super().__init__()
        self.body, self.head = found.model.encoder.body, found.model.head
        self.join = found.model.join
        self.by_first = found.model.encoder.pooling == CLS
        self.second_after = found.model.encoder.second_after
        self.outputs = ONE_OF if found.thresholds is None else ANY_OF
        self.numbers = found.numbers
        if found.numbers is not None:
            self.outputs = NUMBER
        detector = found.detector
        self.weights = list(detector.threshold.weights) if detector else [0.0] * EVIDENCE
        self.nearest = detector.memory.nearest if detector else 1
        hidden = self.head.linear.weight.shape[1]
        memory = detector.memory.embeddings.float() if detector else torch.zeros(1, hidden)
        labels = detector.memory.labels if detector else torch.zeros(1, dtype=torch.long)
        self.register_buffer("embeddings", memory)
        self.register_buffer("labels", labels.long())
        usual = torch.zeros(self.head.linear.weight.shape[0])
        if detector:
            usual[: len(detector.memory.usual)] = detector.memory.usual
        self.register_buffer("usual", usual)
        limits = torch.zeros(0) if found.thresholds is None else torch.as_tensor(found.thresholds)
        self.register_buffer("thresholds", limits.float())

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Probabilities (rows, labels), and how much each row's text belongs to its likeliest one (rows,);
        where a text may have several, how sure it is that those at their thresholds are all. Where it
        has a number, the head's score (rows, 1), and the number (rows,) within the range that was seen.

        Args:
            input_ids: (rows, tokens).
            attention_mask: 0 where a row is filled up; 1 where it is a text of its own. Rows that are
                windows of one long text have a number of their own there, the same from 2 on, and
                each of them gets the answer to the whole text.
        """
        seen = (attention_mask > 0).long()
        more = segments(input_ids, self.second_after)
        states = self.body(input_ids=input_ids, attention_mask=seen, **more).last_hidden_state
        counts = seen.sum(1).to(states.dtype)[:, None]
        same = _of_one_text(attention_mask).to(states.dtype)
        windows = self._pooled(states, seen)
        texts = normalize(same @ (windows * counts) / (same @ counts), dim=1)
        if self.join == MEAN:
            logits = self.head(texts)
        else:
            logits = _joined(self.head(normalize(windows, dim=1)), same, self.join)
        if self.numbers is not None:
            return logits, self._estimate(logits[:, 0], self.numbers)
        if self.outputs == ANY_OF:
            shares = logits.sigmoid()
            holds = shares >= self.thresholds
            return shares, torch.where(holds, shares, 1 - shares).prod(1)
        return logits.softmax(1), self._belonging(texts, logits)

    def _belonging(self, texts: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        best = logits.argmax(1)
        like = texts @ self.embeddings.T
        other = best[:, None] != self.labels[None]
        nowhere = torch.full_like(like, NOWHERE)
        count = min(self.nearest, self.embeddings.shape[0])
        own = torch.where(other, nowhere, like).topk(count, 1).values
        there = (own > (NOWHERE + FARTHEST) / 2).to(own.dtype)
        found = (own * there).sum(1) / there.sum(1).clamp(min=1.0)
        none = there[:, 0] == 0
        nearest = torch.where(none, torch.full_like(found, FARTHEST), own[:, 0])
        near = torch.where(none, nearest, found - self.usual[best])
        others = torch.where(other, like, nowhere).amax(1).clamp(min=FARTHEST)
        sure, kin, lead = self.weights
        sureness = logits.log_softmax(1).amax(1)
        return sure * sureness + kin * near + lead * (nearest - others)

    @staticmethod
    def _estimate(scores: torch.Tensor, known: NumberRange) -> torch.Tensor:
        return (known.middle + known.scale * scores).clamp(known.low, known.high)

    def _pooled(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        if self.by_first:
            return states[:, 0]
        seen = mask[..., None].to(states.dtype)
        return (states * seen).sum(1) / seen.sum(1)


def _of_one_text(attention_mask: torch.Tensor) -> torch.Tensor:
    """Which rows are windows of the same text, bool (rows, rows)."""
    number = attention_mask.amax(1)
    place = torch.arange(attention_mask.shape[0], device=attention_mask.device)
    return ((number[:, None] == number[None]) & (number > 1)[None]) | (
        place[:, None] == place[None]
    )


def _joined(logits: torch.Tensor, same: torch.Tensor, join: str) -> torch.Tensor:
    """Of each row the logits of its text (rows, labels), as `encoder.joins.logits` has them."""
    others = logits[None] + (same[:, :, None] - 1) * FAR
    most = others.amax(1)
    if join == LARGEST:
        return most
    total = (others - most[:, None]).exp().sum(1)
    return most + (total / same.sum(1, keepdim=True)).log()


def rows_of(ids: list[int], pad_id: int, window: int | None) -> tuple[torch.Tensor, torch.Tensor]:
    """A text as the graph takes it, ids and mask (rows, tokens): a row, or one for each window."""
    if window is None or len(ids) <= window:
        tokens = torch.tensor([ids], dtype=torch.long)
        return tokens, torch.ones_like(tokens)
    parts = [ids[start : start + window] for start in range(0, len(ids), window)]
    last = window - len(parts[-1])
    tokens = torch.tensor([*parts[:-1], parts[-1] + [pad_id] * last], dtype=torch.long)
    mask = torch.full_like(tokens, FIRST_NUMBER)
    mask[-1, window - last :] = 0
    return tokens, mask


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
            input_names=INPUTS, output_names=sorter.outputs, external_data=False, verbose=False,
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

    def sort(
        self, ids: list[list[int]], pad_id: int, window: int | None = None
    ) -> list[tuple[Any, float]]:
        """What the graph says of each text, given its token ids: probabilities (labels,) and belonging (or
        sureness); or the score (1,) and the number.

        Args:
            window: tokens of a window, where longer texts come as windows.
        """
        found = []
        for own in ids:
            both = (part.numpy() for part in rows_of(own, pad_id, window))
            shares, belongs = self._session.run(None, dict(zip(INPUTS, both, strict=True)))
            found.append((shares[0], float(belongs[0])))
        return found


def version() -> str:
    """Of the program that reads it."""
    return f"onnxruntime {onnxruntime.__version__}"

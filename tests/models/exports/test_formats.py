"""The forms that models take elsewhere."""

import pytest

from workbench.core.errors import WorkbenchError
from workbench.models.exports import formats
from workbench.models.families import CAUSAL, ENCODER, SEQ2SEQ, Family


@pytest.mark.parametrize(
    ("family", "names"),
    [
        (CAUSAL, ["gguf", "merged", "adapter", "zip"]),
        (ENCODER, ["onnx", "zip"]),
        (SEQ2SEQ, ["merged", "adapter"]),
    ],
)
def test_each_family_is_offered_what_reads_back_right(family: Family, names: list[str]) -> None:
    assert [form.name for form in formats.offered(family)] == names


def test_weights_that_were_all_tuned_are_no_adapter() -> None:
    assert "adapter" not in [form.name for form in formats.offered(CAUSAL, "full")]


@pytest.mark.parametrize(
    ("name", "wanted", "family", "found"),
    [
        ("gguf", "", CAUSAL, ("gguf", "q8_0")),
        ("gguf", "q4_k_m", CAUSAL, ("gguf", "q4_k_m")),
        ("zip", "", CAUSAL, ("zip", "q8_0")),
        ("zip", "", ENCODER, ("zip", "int8")),
        ("onnx", "fp32", ENCODER, ("onnx", "fp32")),
        ("merged", "", CAUSAL, ("merged", "")),
    ],
)
def test_the_usual_quantization_is_taken(
    name: str, wanted: str, family: Family, found: tuple[str, str]
) -> None:
    assert formats.chosen(name, wanted, family) == found


@pytest.mark.parametrize(
    ("name", "wanted", "family", "says"),
    [
        ("tarball", "", CAUSAL, "choose one of gguf, merged"),
        ("gguf", "", ENCODER, "choose onnx and zip"),
        ("onnx", "", CAUSAL, "choose gguf, merged, adapter and zip"),
        ("gguf", "int8", CAUSAL, "choose q8_0, q4_k_m and f16"),
        ("zip", "q8_0", ENCODER, "choose int8 and fp32"),
        ("merged", "f16", CAUSAL, "choose no quantization"),
        ("gguf", "", SEQ2SEQ, "choose merged and adapter"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(
    name: str, wanted: str, family: Family, says: str
) -> None:
    with pytest.raises(WorkbenchError, match=says):
        formats.chosen(name, wanted, family)


def test_fewer_bits_make_a_smaller_export() -> None:
    sizes = [formats.size_bytes("gguf", q, 135_000_000, 10) for q in ("f16", "q8_0", "q4_k_m")]
    assert sizes == sorted(sizes, reverse=True)  # type: ignore[type-var]
    assert formats.size_bytes("gguf", "f16", None, 10) is None
    assert formats.size_bytes("adapter", "", None, 10) == 10

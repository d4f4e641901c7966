import pytest

from tests.helpers.check_tables import replying, sorting, talking
from workbench.data.checkup.checks import export_artifacts, model_marks
from workbench.data.checkup.checks.model_marks import marks_in, without_marks
from workbench.data.checkup.run import run_at_import


def test_clean_examples_have_no_marks() -> None:
    assert model_marks.check(sorting()) is None
    assert model_marks.check(replying()) is None
    assert model_marks.check(talking()) is None


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Wipe it only.</s>", "Wipe it only."),
        ("Wipe it only.<|im_end|>\n", "Wipe it only."),
        ("Wipe it only. <|endoftext|>", "Wipe it only."),
        ("Wipe it only.<|eot_id|>", "Wipe it only."),
        ("Wipe it only.<end_of_turn>", "Wipe it only."),
        ("Wipe it only.<｜end▁of▁sentence｜>", "Wipe it only."),
        ("<s> Wipe it only.", "Wipe it only."),
        ("<s>[INST] May I wash it? [/INST] Wipe it only. </s>", "May I wash it?\nWipe it only."),
        ("[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nHello [/INST]", "Be kind.\nHello"),
        ("<|im_start|>user\nHello<|im_end|>", "Hello"),
        ("<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>", "Hello"),
        ("<start_of_turn>model\nHello", "Hello"),
        ("One answer.</s><s>Another.</s>", "One answer.\nAnother."),
        ("[CLS] one [SEP] two [SEP]", "one\ntwo"),
    ],
)
def test_the_marks_of_models_are_taken_out(text: str, clean: str) -> None:
    assert marks_in(text)
    assert without_marks(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "It was <s>12 €</s> 9 € only.",
        "<s>12 €</s> 9 €",
        "What does the token <|im_end|> mean in a chat template?",
        "a <| b |> c",
        "see [SEP] 2020",
        "List[INSTANCE]",
        "5 < 6 and 7 > 3",
    ],
)
def test_what_only_looks_like_a_mark_stays(text: str) -> None:
    assert marks_in(text) == []
    assert without_marks(text) == text


def test_rows_with_marks_are_told_with_what_becomes_of_them() -> None:
    finding = model_marks.check(
        replying(("Can I wash the mug?", "Wipe it only.</s>"), ("And <|im_end|>", "Yes.<|im_end|>"))
    )
    assert finding
    assert finding.title == "2 rows with a model's own marks (<|im_end|> and </s>)"
    assert [(f.row_id, f.role, f.after, f.note) for f in finding.flagged_rows] == [
        (9, "response", "Wipe it only.", "</s>"),
        (10, "prompt", "And", "<|im_end|>"),
        (10, "response", "Yes.", "<|im_end|>"),
    ]
    assert finding.change == "Take the marks out of 3 texts"


def test_marks_within_conversations_and_categories_are_found() -> None:
    assert model_marks.check(talking(("Hello", "Good morning.<|eot_id|>")))
    finding = model_marks.check(sorting(("Where is my second parcel now?", "Delivery</s>")))
    assert finding
    assert [(f.role, f.after) for f in finding.flagged_rows] == [("label", "Delivery")]


def test_the_import_says_it_already_and_calls_it_no_html() -> None:
    rows = replying(("Can I wash the mug?", "Wipe it with a cloth only.</s>"))

    assert export_artifacts.check(rows) is None
    assert model_marks.KIND in [finding.kind for finding in run_at_import(rows)]

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.engine.evaluation import nearest_answers
from workbench.engine.evaluation.by_turns import ExamByTurns, Turn, write_by_turns
from workbench.engine.evaluation.simple_rungs import add_simple, simple_answerer, simple_answers
from workbench.engine.evaluation.systems import Answers, Evaluation, write_evaluation
from workbench.jobs.process.job_dir import EventWriter, JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import BaseModelRef, PredictSpec
from workbench.jobs.process.stop import Stop
from workbench.models.trained import TrainedModel, write_trained

MAILS = [
    ("my parcel is late", "Delivery"),
    ("the parcel never arrived", "Delivery"),
    ("where is my parcel", "Delivery"),
    ("please send the invoice again", "Payment"),
    ("the invoice is wrong", "Payment"),
]

KINDS = ("refund", "delay", "lost key", "broken lamp")


def _rows(pairs: list[tuple[str, str]], split: str = "train") -> list[dict[str, object]]:
    return [
        {"row_id": i, "text": text, "label": label, "split": split}
        for i, (text, label) in enumerate(pairs, 2)
    ]


def _replies(pairs: list[tuple[str, str]]) -> list[dict[str, object]]:
    return [
        {"row_id": i, "prompt": question, "response": reply, "split": "train"}
        for i, (question, reply) in enumerate(pairs, 2)
    ]


def test_each_way_answers_as_it_does() -> None:
    found = simple_answers("classification", _rows(MAILS), ["an invoice?", "parcell"])
    assert found["frequent"].texts == ["Delivery"] * 2
    assert found["baseline"].texts == ["Payment", "Delivery"]
    assert found["nearest"].texts == ["Payment", "Delivery"]
    for answers in found.values():
        assert answers.seconds is not None
        assert 0 < answers.seconds < 1


def test_the_nearest_examples_answer_is_given_as_it_stands() -> None:
    replies = _replies([("Where is my parcel?", "On its way.\nAnn"), ("A refund!", "Of course.")])
    found = simple_answers("completion", replies, ["where's the parcel", "refunds please", "?"])
    assert found["nearest"].texts[:2] == ["On its way.\nAnn", "Of course."]
    assert "baseline" not in found


def test_texts_are_looked_up_as_answers_lean_on_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = [(f"{kind} no {i}", f"All about a {kind}.") for kind in KINDS for i in "abcde"]
    replies = _replies([(asked, "?!" if asked.endswith("a") else told) for asked, told in kinds])
    asked = ["my refund", "refund no a"]
    found = simple_answers("completion", replies, asked)["nearest"].texts
    assert found == ["All about a refund.", "?!"], "who asks the same again gets the same answer"
    monkeypatch.setattr(nearest_answers, "MOST_TRIED", 5)
    monkeypatch.setattr(nearest_answers.Nearest, "tried", None)  # of many nothing is tried
    assert simple_answers("completion", replies, asked)["nearest"].texts[1] == "?!"


def test_what_a_long_question_says_at_its_end_counts_for_the_nearest() -> None:
    filling = "Good morning, I write to you about my order of last week. " * 60
    replies = _replies([(f"{filling}A refund!", "Of course."), (f"{filling}My parcel?", "Soon.")])
    found = simple_answers("completion", replies, [f"{filling}parcel", f"{filling}refund"])
    assert found["nearest"].texts == ["Soon.", "Of course."]


def test_of_very_much_text_some_examples_are_looked_through_and_none_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nearest_answers, "MOST_CHARS", 60)
    replies = _replies([("where is my parcel", "Soon."), ("a refund", "No.")] * 5)
    found = simple_answers("completion", replies, ["where is my parcel", "a refund"])
    assert set(found["nearest"].texts) == {"Soon.", "No."}


def test_the_first_sentences_stand_for_a_summary_and_for_nothing_else() -> None:
    text = "The council met. It spoke of the bridge for hours. Nothing was decided. It rained."
    short = [
        ("One. Two. Three.", "It is about a bridge here."),
        ("A. B.", "A road was discussed too."),
    ]
    rows = [
        {"row_id": n, "text": text, "response": answer, "split": "train"}
        for n, (text, answer) in enumerate(short)
    ]
    found = simple_answers("summarization", rows, [text, "", "no end"])
    assert found["lead"].texts == ["The council met.", "", "no end"]
    assert {*found} == {"frequent", "nearest", "lead"}
    assert "lead" not in simple_answers("completion", _replies([("a", "b")]), ["a"])


def test_the_most_frequent_text_is_given_and_else_the_one_most_like_all_others() -> None:
    often = _replies([("a", "Yes."), ("b", "No, never at all."), ("c", "Yes.")])
    assert simple_answers("completion", often, ["d"])["frequent"].texts == ["Yes."]
    texts = ["Your parcel is late.", "Your parcel is here.", "We regret!", "Your parcel is there."]
    once = _replies([(text[:2], text) for text in texts])
    assert simple_answers("completion", once, ["e"])["frequent"].texts == ["Your parcel is there."]


def test_documents_have_no_simple_answers() -> None:
    rows = [{"row_id": 2, "text": "A long text.", "split": "train"}]
    assert simple_answers("language-modelling", rows, ["A long"]) == {}


def test_questions_without_a_letter_get_an_answer() -> None:
    found = simple_answers("completion", _replies([(" ", "Hello."), ("\n", "Bye.")]), ["x", " "])
    assert found["nearest"].texts == ["Hello.", "Hello."]


def test_many_questions_are_compared_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = [f"{word} {i}" for i, word in enumerate(["parcel", "invoice"] * 9)]
    whole = simple_answers("classification", _rows(MAILS), questions, ["nearest"])
    monkeypatch.setattr(nearest_answers, "AT_ONCE", 5)
    parts = simple_answers("classification", _rows(MAILS), questions, ["nearest"])
    assert parts["nearest"].texts == whole["nearest"].texts
    assert list(parts) == ["nearest"]


def test_an_exam_keeps_their_answers_and_scores(tmp_path: Path) -> None:
    data = tmp_path / "examples.parquet"
    asked = _rows([("invoice", "Payment"), ("parcel", "Delivery")], "test")
    pq.write_table(pa.Table.from_pylist(_rows(MAILS) + asked), data)
    exam = Evaluation(list(asked), ["invoice", "parcel"], ["Payment", "Delivery"])
    exam.answers = {"base": ["Delivery"] * 2, "tuned": ["Payment"] * 2}
    add_simple(exam, "classification", data, lambda: None)
    written = write_evaluation(tmp_path, exam)
    assert written["scores"]["frequent"]["accuracy"] == 0.5
    assert written["scores"]["nearest"]["accuracy"] == 1.0
    assert written["answer_seconds"]["nearest"] > 0
    table = pq.read_table(written["predictions"])
    assert table["nearest"].to_pylist() == ["Payment", "Delivery"]
    assert table["frequent"].to_pylist() == ["Delivery", "Delivery"]


def test_without_the_data_nothing_is_learned(tmp_path: Path) -> None:
    exam = Evaluation(_rows(MAILS), [text for text, _ in MAILS], [label for _, label in MAILS])
    add_simple(exam, "classification", tmp_path / "gone.parquet", lambda: None)
    assert exam.answers == {}


def test_by_turns_nobody_is_asked_what_it_has_learned(tmp_path: Path) -> None:
    """In each turn one category is unknown, so whoever has seen its rows would be found out."""
    rows = _rows([("parcel one", "A"), ("parcel two", "A"), ("bill one", "B"), ("bill two", "B")])
    parts = [rows[:2], rows[2:]]
    turns = [
        Turn(part, other, Answers([str(r["label"]) for r in part]), Answers(["A", "B"]))
        for part, other in (parts, parts[::-1])
    ]
    job = JobDir(tmp_path)
    events = EventWriter(job, 1)
    report = Report(events, Stop())
    found = write_by_turns(
        ExamByTurns(turns), "classification", job, report, Stop(), {"validation": {}}
    )
    events.close()
    table = pq.read_table(found["predictions"])
    for rung in ("frequent", "baseline", "nearest"):
        assert table[rung].to_pylist() == ["B", "B", "A", "A"]
        assert found["scores"]["test"][rung]["accuracy"] == 0.0
        assert found["answer_seconds"][rung] > 0
    assert table["turn"].to_pylist() == [0, 0, 1, 1]


@pytest.mark.parametrize(("exam", "answers"), [("apart", ["A", "A"]), ("turns", ["B", "A"])])
def test_whoever_answers_in_a_models_place_learned_what_it_learned(
    tmp_path: Path, exam: str, answers: list[str]
) -> None:
    """By turns the model has learned from the exam's rows, too."""
    rows = _rows([("parcel one", "A"), ("parcel two", "A")])
    rows += _rows([("bill one", "B")], "test")
    data, asked = tmp_path / "data.parquet", tmp_path / "asked.parquet"
    pq.write_table(pa.Table.from_pylist(rows), data)
    questions = [{"row_id": 2, "text": "bill two"}, {"row_id": 3, "text": "parcel nine"}]
    pq.write_table(pa.Table.from_pylist(questions), asked)
    base = BaseModelRef("none", tmp_path / "no model")
    trained = TrainedModel(
        task="classification", family="encoder", base=base, labels=("A", "B"), data=data, exam=exam
    )
    write_trained(tmp_path, trained)
    spec = PredictSpec(
        task="classification", data=asked, base=base, recipe=Recipe(), adapter=tmp_path,
        rung="nearest",
    )  # fmt: skip
    found = simple_answerer(spec)(questions, Stop(), lambda done: None)
    assert found.texts == answers
    data.unlink()
    with pytest.raises(WorkbenchError, match="not on the disk any more"):
        simple_answerer(spec)

"""The report: its numbers are the page's, its words harmless, its PDF two pages."""

import dataclasses
import html as html_module
import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import yaml

from storage import files as storage_files
from storage.database import Store
from storage.tables import DatasetVersion, Run
from tests.helpers import hostile_home
from tests.helpers.exams import accuracies, add_exam, add_trained, answers, exam_of_categories
from tests.helpers.habits import FOUND, habits_of_writer
from tests.helpers.judged import add_mixed, judged, rate_all
from tests.helpers.made import end_job
from workbench.core.errors import WorkbenchError
from workbench.core.words import percent
from workbench.evaluation import evaluations, exam_ladder, habit_checks, verdict
from workbench.evaluation.release import releases
from workbench.evaluation.report import files
from workbench.evaluation.report.card import model_card
from workbench.evaluation.report.content import Report
from workbench.evaluation.report.costs import electricity
from workbench.evaluation.report.facts import gather
from workbench.evaluation.report.html import to_html
from workbench.evaluation.report.pdf import needs_other_fonts, to_pdf
from workbench.evaluation.report.safe import LONGEST
from workbench.evaluation.report.weak_spots import weak_spots
from workbench.evaluation.report.write import report
from workbench.evaluation.sureness import threshold
from workbench.system.hardware import hardware

HOSTILE = (
    '#import "@preview/x:1.0.0" ] } $ x^2 $ \\ "quote" *b* _i_ `c` // no /* #sys.inputs <lbl> @ref'
)


def scored(store: Store, folder: Path, right: int = 90, **columns: Any) -> int:
    trained = add_trained(store, folder)
    table = exam_of_categories(right, 60, 70).assign(**columns)
    add_exam(store, trained.run_id, table, accuracies(table))
    return trained.run_id


def pages(pdf: bytes) -> list[str]:
    """The words of each page, blanks alike."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_flat(page.get_textpage().get_text_range()) for page in document]


def _flat(text: str) -> str:
    return " ".join(text.replace("\u200b", "").replace("\ufffe", "").split())


def _words(made: Report) -> list[str]:
    """Every text that a report says."""

    def told(value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        if isinstance(value, dict):
            return [
                text for name, inner in value.items() if name != "level" for text in told(inner)
            ]
        return [text for inner in value for text in told(inner)] if isinstance(value, tuple) else []

    return [text for text in told(made.as_dict()) if text]


def test_its_numbers_are_those_of_the_page(store: Store, tmp_path: Path) -> None:
    run_id = scored(store, tmp_path)
    (info,) = evaluations.list_evaluations(store, run_id)
    table = evaluations.predictions(store, info.id)
    ladder = exam_ladder.ladder_of(store, info, table)
    found = verdict.verdict_on(ladder, info.questions)
    made = report(store, run_id)
    assert _flat(made.verdict) == _flat(f"{found.sentence} {found.headline}")
    assert _flat(" ".join(made.evidence)) == _flat(" ".join(found.evidence))
    assert made.next_step == found.next_step
    assert [_flat(bar.label) for bar in made.chart.bars] == ["70.0 %", "60.0 %", "90.0 %"]
    assert [bar.length for bar in made.chart.bars] == [ladder.score(rung) for rung in ladder.rungs]
    assert [(bar.low, bar.high) for bar in made.chart.bars] == [
        rung.intervals["accuracy"] for rung in ladder.rungs
    ]
    assert [bar.title.startswith("✓") for bar in made.chart.bars] == [False, False, True]

    text = _flat(html_module.unescape(re.sub("<[^>]+>", " ", to_html(made))))
    first = pages(to_pdf(made))[0]
    for said in (found.headline, *found.evidence, found.next_step, "82.6 % to 94.5 %"):
        assert _flat(said) in text
        assert _flat(said) in first
    assert "10 mistakes, most often: 'Product question' taken for 'Refund' (10 ×)." in first


@pytest.mark.parametrize("right", [40, 90, 100])
def test_all_of_it_stands_on_two_pages_of_pdf_and_in_the_html(
    store: Store, tmp_path: Path, right: int
) -> None:
    made = report(store, scored(store, tmp_path, right))
    found = pages(to_pdf(made))
    assert len(found) == 2
    text = _flat(html_module.unescape(re.sub("<[^>]+>", " ", to_html(made))))
    for said in _words(made):
        assert _flat(said) in text, said
        assert _flat(said).replace(" ", "") in "".join(found).replace(" ", ""), said
    assert ("There is not a single wrong answer to show." in text) == (right == 100)


def test_long_texts_stay_on_two_pages(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    long = " ".join(["Dear customer, thank you very much for your long letter."] * 40)
    address = "https://example.org/" + "a" * 900
    table = answers([long] * 40, [address] * 20 + [long] * 20, base=["no"] * 40, inputs=[long] * 40)
    scores = {"base": {"chrf": 8.0, "loss": 3.0}, "tuned": {"chrf": 50.5, "loss": 1.25}}
    add_exam(store, trained.run_id, table, scores)
    with store.write() as session:
        version = session.get_one(DatasetVersion, trained.version_id)
        version.source_name = "a very long file's name " * 40
    made = report(store, trained.run_id)
    assert max(map(len, _words(made))) <= LONGEST + 2
    found = pages(to_pdf(made))
    assert len(found) == 2
    assert "50.5 of 100" in found[0]


def test_texts_of_others_are_words_and_nothing_else(store: Store, tmp_path: Path) -> None:
    run_id = scored(store, tmp_path, input=[f"{HOSTILE} \u202e\x00 {i}" for i in range(100)])
    with store.write() as session:
        session.get_one(Run, run_id).name = f"<b>{HOSTILE}</b><script>alert(1)</script>"
    made = report(store, run_id)
    first, second = pages(to_pdf(made))
    flat = _flat(HOSTILE).replace(" ", "")
    assert f"<b>{flat}</b>" in first.replace(" ", "")
    assert flat in second.replace(" ", "")
    page = to_html(made)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    card = model_card(store, run_id)
    _, head, body = card.split("---\n", 2)
    assert "<script>" not in body
    assert "\\<script\\>" in body
    head = yaml.safe_load(head)
    assert head["model-index"][0]["name"].startswith("Mails: <b>#import")


def test_every_text_of_a_page_is_escaped(store: Store, tmp_path: Path) -> None:
    def spoilt(part: Any) -> Any:
        if isinstance(part, str):
            return f"<b>{part}</b>"
        if isinstance(part, tuple):
            return tuple(map(spoilt, part))
        if dataclasses.is_dataclass(part) and not isinstance(part, type):
            names = [field.name for field in dataclasses.fields(part)]
            return dataclasses.replace(part, **{n: spoilt(getattr(part, n)) for n in names})
        return part

    page = to_html(spoilt(report(store, scored(store, tmp_path))))
    assert "<b>" not in page
    assert page.count("&lt;b&gt;") > 60


def test_a_hostile_home_is_reported_on(store: Store, tmp_path: Path) -> None:
    hostile = hostile_home.fill(store, tmp_path)
    for run_id in (hostile.sorter_id, hostile.writer_id):
        assert len(pages(files.to_bytes(store, run_id, ".pdf"))) == 2
        page = files.to_bytes(store, run_id, ".html").decode()
        assert not re.search(r"<(script|img|iframe|a)\b", page)
        assert "http-equiv" in page
        yaml.safe_load(files.to_bytes(store, run_id, ".md").decode().split("---\n")[1])


def test_greek_and_cyrillic_show_and_others_are_told(store: Store, tmp_path: Path) -> None:
    made = report(store, scored(store, tmp_path))
    words = "Grüße, Καλημέρα, Доброе утро"
    greek = dataclasses.replace(made, title=words)
    assert not needs_other_fonts(greek)
    assert words in pages(to_pdf(greek))[0]
    chinese = dataclasses.replace(made, title="你好")
    assert needs_other_fonts(chinese)
    assert "the report as HTML shows them" in pages(to_pdf(chinese))[1]


def test_an_exam_by_turns_and_a_file_say_so(store: Store, tmp_path: Path) -> None:
    run_id = scored(store, tmp_path, turn=[i % 5 for i in range(100)])
    tested = report(store, run_id).first[0].text[0]
    assert "the model was trained 5 times without a part of them" in tested
    table = exam_of_categories(80, 60, 70)
    file_id = add_exam(store, run_id, table, accuracies(table), split="mine.csv")
    assert "On a file of its own, mine.csv" in report(store, run_id, file_id).first[0].text[0]
    assert "100 exam questions" in _flat(report(store, run_id).verdict), "the exam comes first"


def test_the_limit_that_was_kept_is_told(store: Store, tmp_path: Path) -> None:
    """90 of 100 questions are right; those of which it is sure are the first 80."""
    run_id = scored(store, tmp_path, probability=[0.9] * 80 + [0.4] * 20)
    told = "Where a wrong answer is costly, a person looks at it"
    assert told in str(report(store, run_id).first)
    threshold.keep_threshold(store, run_id, 0.5, threshold.USUAL)
    (info,) = evaluations.list_evaluations(store, run_id)
    choice = threshold.choice_of(store, info, evaluations.predictions(store, info.id))
    assert choice is not None
    share = choice.report(0.5, threshold.USUAL).alone.value
    (said,) = [p for p in report(store, run_id).first[2].points if "answers alone" in p]
    assert _flat(said) == (
        f"It answers alone where it is more than 50.0 % sure: {percent(share)} of the texts, of which "
        "100.0 % are right. A person checks the others."
    )


def test_what_was_looked_at_beside_the_exam_is_told(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    table = answers(["It is free."] * 4, ["It is free."] * 4, base=["No."] * 4)
    add_exam(store, trained.run_id, table, {"base": {"chrf": 8.0}, "tuned": {"chrf": 70.5}})
    assert "half of them have a likeness below 100 of 100" in str(
        report(store, trained.run_id).first
    )
    nothing = report(store, trained.run_id).second[1]
    assert nothing.title == "What nobody has looked at yet"
    assert [point.split(":")[1].split()[0] for point in nothing.points] == ["not", "not"]
    end_job(store, habit_checks.start_habits(store, trained.run_id), habits=habits_of_writer(FOUND))
    assert report(store, trained.run_id).second[1].title == "What else was looked at"
    told = report(store, trained.run_id).second[1].points
    assert told[0].startswith("Does it give your rows away? 1 thing from 1 row was said word for")
    assert len(told) == 5
    assert len(pages(files.to_bytes(store, trained.run_id, ".pdf"))) == 2


def test_weak_fields_are_named(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    wanted, given = '{"name": "Ann", "sum": "5"}', '{"name": "Ann", "sum": "6"}'
    table = answers([wanted] * 4, [given, wanted, '{"name": "Ann"}', wanted])
    add_exam(store, trained.run_id, table, {"tuned": {"exact_match": 0.5, "chrf": 50.0}})
    facts = gather(store, trained.run_id)
    fields = dataclasses.replace(facts, run=dataclasses.replace(facts.run, task="extraction"))
    found = weak_spots(fields).table
    assert found is not None
    right = "50.0 % (15.0 % to 85.0 %)"
    wrong = "missing 25.0 %, another value 25.0 %, too much 0 ×"
    assert found.rows == (("sum", "4", right, wrong),)


def test_documents_are_reported_on(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="language-modelling", kind="causal")
    table = answers(["and left."], ["and stayed."], base=["zzz"], inputs=["She came"])
    add_exam(store, trained.run_id, table, {"base": {"loss": 3.31}, "tuned": {"loss": 2.74}})
    found = pages(to_pdf(report(store, trained.run_id)))
    assert "still wrong by 2.74" in found[0]
    assert "How it goes on" in found[1]


def test_who_released_it_and_the_cost_are_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = dataclasses.replace(hardware(), gpu_name=None)
    monkeypatch.setattr("workbench.evaluation.report.facts.hardware", lambda: here)
    run_id = scored(store, tmp_path)
    assert "this version has not been live" in str(report(store, run_id).second)
    releases.make_live(store, run_id, approver="Ann Lee", note="Good enough")
    with store.write() as session:
        run = session.get_one(Run, run_id)
        run.result = {**(run.result or {}), "seconds": 3600.0, "versions": {"torch": "2.13.0"}}
    told = {name: value for part in report(store, run_id).second for name, value in part.facts}
    assert (told["Approved by"], told["Why"]) == ("Ann Lee", "Good enough")
    assert told["Training"] == "1 h"
    assert told["Electricity"].startswith("about 0.065 kWh"), "an hour at 65 W"
    assert "an estimate" in told["Electricity"]
    facts = gather(store, run_id)
    card = dataclasses.replace(facts, machine=dataclasses.replace(facts.machine, gpu_name="H"))
    assert electricity(card, 3600).startswith("about 0.300 kWh")
    assert electricity(facts, 3).startswith("less than 0.001 kWh")
    assert told["Libraries"] == "torch 2.13.0"


def test_the_card_has_the_scores_as_the_hub_reads_them(store: Store, tmp_path: Path) -> None:
    from huggingface_hub import ModelCard

    card = ModelCard(model_card(store, scored(store, tmp_path)))
    data = card.data.to_dict()
    (result,) = data["model-index"][0]["results"]
    assert result["metrics"] == [{"type": "accuracy", "value": 0.9, "name": "accuracy"}]
    assert (data["license"], data["language"]) == ("apache-2.0", ["en"])
    assert data["pipeline_tag"] == "text-classification"
    assert "base_model" not in data, "that model is not the hub's"
    assert "library_name" not in data, "no library loads an encoder's head"


def test_without_an_exam_or_its_answers_there_is_a_sentence(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    with pytest.raises(WorkbenchError, match="has not taken an exam"):
        files.to_bytes(store, trained.run_id, ".pdf")
    table = exam_of_categories(90, 60, 70)
    add_exam(store, trained.run_id, table, accuracies(table))
    with pytest.raises(WorkbenchError, match="ends in"):
        files.write_report(store, trained.run_id, tmp_path / "report.docx")
    out = tmp_path / "report.pdf"
    files.write_report(store, trained.run_id, out)
    assert out.read_bytes().startswith(b"%PDF")
    (info,) = evaluations.list_evaluations(store, trained.run_id)
    storage_files.object_path(info.predictions_hash).unlink()
    with pytest.raises(WorkbenchError, match="not on the disk any more"):
        files.write_report(store, trained.run_id, out)


def test_the_same_run_gives_the_same_file(store: Store, tmp_path: Path) -> None:
    run_id = scored(store, tmp_path)
    assert files.to_bytes(store, run_id, ".pdf") == files.to_bytes(store, run_id, ".pdf")


def test_a_judge_is_told_once_its_score_counts(store: Store, tmp_path: Path) -> None:
    run_id = add_mixed(store, tmp_path).run_id
    found = judged(store, run_id)
    assert not [text for text in _words(report(store, run_id)) if "A judge" in text]
    rate_all(store, found, 25)
    told = [text for text in _words(report(store, run_id)) if "A judge (fair)" in text]
    assert len(told) == 2  # among the evidence, and beside what else was looked at
    assert all("in 73.7\u00a0% of 38 questions" in text for text in told)

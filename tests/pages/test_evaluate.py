"""The Evaluate page: the verdict, what it rests on, and the ways on."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from streamlit.testing.v1 import AppTest

from storage.database import Store
from storage.tables import Job, Run, now
from tests.helpers.exams import Trained, accuracies, add_exam, add_trained, answers
from tests.pages.opened import open_page, texts
from workbench.evaluation import evaluations
from workbench.jobs.job import get_job
from workbench.projects import projects

PAGE = "pages/evaluate/evaluate.py"
CATEGORIES = ["Delivery"] * 40 + ["Refund"] * 40 + ["Product question"] * 20


def _categories(right: int, base: int, baseline: int) -> pd.DataFrame:
    """100 questions; of each model the first so many are right, the others called Refund."""

    def column(count: int) -> list[str]:
        wrong = ["Refund" if name != "Refund" else "Delivery" for name in CATEGORIES]
        return CATEGORIES[:count] + wrong[count:]

    sure = [0.9] * 100
    inputs = [f"mail {i} _about_ $money$" for i in range(100)]
    return answers(
        CATEGORIES,
        column(right),
        base=column(base),
        baseline=column(baseline),
        inputs=inputs,
        probability=sure,
    )


def _scored(store: Store, folder: Path, right: int, base: int, baseline: int) -> Trained:
    trained = add_trained(store, folder)
    table = _categories(right, base, baseline)
    add_exam(store, trained.run_id, table, accuracies(table))
    return trained


def _rows(at: AppTest) -> list[int]:
    """The row numbers in the table of questions."""
    (table,) = [element.value for element in at.dataframe if "row_id" in element.value]
    return list(table["row_id"])


def test_without_a_model_the_page_teaches_and_leads_to_training(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    at = open_page(PAGE, project=project_id)
    assert at.title[0].value == "How good is it?"
    assert "questions from your own examples that it has never seen" in texts(at)
    assert at.button(key="to-train").label == "Train a model"


def test_the_verdict_comes_first(store: Store, tmp_path: Path) -> None:
    trained = _scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    assert at.success[0].value.startswith(
        "**Better. On 100 exam questions the trained model gets 90.0\u00a0% right – 20.0 points "
        "better than the simple baseline (70.0\u00a0%) and 30.0 better than before training"
    )
    assert at.query_params["run"] == str(trained.run_id)
    assert at.button(key="to-use").label == "Try it in the playground"


def test_who_looks_at_the_verdict_has_done_the_step(store: Store, tmp_path: Path) -> None:
    trained = _scored(store, tmp_path, right=36, base=12, baseline=30)
    at = open_page(PAGE, project=trained.project_id)

    labels = [link.proto.label for link in at.get("page_link")]
    evaluate = [label for label in labels if "Evaluate" in label]
    assert len(evaluate) == 2, "in the sidebar and in the bar of the steps"
    assert all("done" in label for label in evaluate)


def test_a_loss_is_shown_as_one_and_leads_back_to_training(store: Store, tmp_path: Path) -> None:
    trained = _scored(store, tmp_path, right=60, base=20, baseline=90)
    at = open_page(PAGE, project=trained.project_id)
    assert at.error[0].value.startswith("**Worse.")
    assert "do not use it" in at.error[0].value
    assert at.button(key="to-train").label == "Train again"
    assert not at.success


def test_all_scores_have_a_plain_word_and_the_fields_word(store: Store, tmp_path: Path) -> None:
    trained = _scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    table = at.table[0].value
    assert list(table.index) == ["right answers (accuracy)"]
    assert list(table.columns) == ["Simple baseline", "Before training", "After training"]
    assert list(table.iloc[0]) == ["70.0 %", "60.0 %", "90.0 %"]
    assert "frozen-embedding probe" in texts(at)


def test_rows_can_be_filtered_searched_and_read_in_full(store: Store, tmp_path: Path) -> None:
    trained = _scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    assert _rows(at) == list(range(2, 102))
    exam_id = evaluations.list_evaluations(store, trained.run_id)[0].id
    show = at.pills(key=f"rows-show-{exam_id}")
    assert show.options == [
        "All (100)",
        "Wrong (10)",
        "Wrong now, right before training (0)",
        "Right now, wrong before training (30)",
    ]
    show.set_value("wrong").run()
    assert _rows(at) == list(range(92, 102))
    assert "**Row 92: question**" in texts(at)
    assert r"mail 90 \_about\_ \$money\$" in texts(at)
    assert ":red[:material/close: wrong], 90.0 % sure" in texts(at)
    at.text_input(key=f"rows-search-{exam_id}").set_value("MAIL 95").run()
    assert _rows(at) == [97]
    at.text_input(key=f"rows-search-{exam_id}").set_value("nothing like it").run()
    assert "No row fits" in at.info[0].value


def _open_tab(at: AppTest, title: str) -> None:
    at.session_state["exam-details"] = title
    at.run()
    assert not at.exception


def test_categories_and_mixups_are_listed_weakest_first(store: Store, tmp_path: Path) -> None:
    trained = _scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    _open_tab(at, "By category")
    assert at.dataframe[0].value.iloc[0].to_dict() == {
        "category": "Product question",
        "examples": 20,
        "right": 50.0,
        "mistaken_for": "Refund",
        "mistakes": 10,
    }
    _open_tab(at, "Mix-ups")
    assert at.dataframe[0].value.to_numpy().tolist() == [["Product question", "Refund", 10]]


def test_texts_are_judged_by_likeness_and_shown_side_by_side(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    table = answers(
        ["Dear Ann,\nit is *on* its way."] * 40,
        ["Dear Ann,\nit is *on* my desk."] * 40,
        base=["I am a model -> hello"] * 40,
    )
    add_exam(
        store,
        trained.run_id,
        table,
        {"base": {"chrf": 8.0, "loss": 3.0}, "tuned": {"chrf": 70.5, "loss": 1.25}},
    )
    at = open_page(PAGE, project=trained.project_id)
    assert "is 70.5 of 100 – 62.5 points better than before training (8.0)" in at.success[0].value
    assert list(at.table[0].value.index) == [
        "likeness to your own answers, of 100 (chrF)",
        "how wrong it still is, smaller is better (loss)",
    ]
    assert "it is \\*on\\* :orange-background[my desk]" in texts(at)
    exam_id = evaluations.list_evaluations(store, trained.run_id)[0].id
    assert at.pills(key=f"rows-show-{exam_id}").options[1:] == [
        "Less like yours than before (0)",
        "More like yours than before (40)",
    ]


def test_what_nobody_told_the_model_is_counted_and_listed(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    table = answers(
        ["It is free."] * 4,
        ["It costs 2.50 euros."] + ["It is free."] * 3,
        base=["Ask Oleg."] * 4,
        invented_tuned=[["2.50 euros"], [], [], []],
        invented_base=[["Oleg"]] * 4,
    )
    scores = {"base": {"chrf": 8.0, "invented": 1.0}, "tuned": {"chrf": 70.5, "invented": 0.25}}
    add_exam(store, trained.run_id, table, scores)
    at = open_page(PAGE, project=trained.project_id)
    assert "**25.0 % of its answers** (before training: 100.0 %) have an amount" in texts(at)
    assert "Not in your examples, nor in the question: **2.50 euros**" in texts(at)
    exam_id = evaluations.list_evaluations(store, trained.run_id)[0].id
    assert at.pills(key=f"rows-show-{exam_id}").options[-1] == "Not in your examples (1)"


def test_documents_show_how_the_model_goes_on(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="language-modelling", kind="causal")
    table = answers(["and left."], ["and stayed."], base=["zzz"], inputs=["She came"])
    add_exam(store, trained.run_id, table, {"base": {"loss": 3.31}, "tuned": {"loss": 2.74}})
    at = open_page(PAGE, project=trained.project_id)
    assert "On 1 exam text the trained model is still wrong by 2.74" in at.info[0].value
    assert "**Row 2: start of the text**" in texts(at)
    assert not at.pills


def test_the_run_of_the_link_is_shown(store: Store, tmp_path: Path) -> None:
    first = _scored(store, tmp_path, right=90, base=60, baseline=70)
    folder = tmp_path / "second"
    folder.mkdir()
    second = add_trained(store, folder, project_id=first.project_id, name="Run 2")
    at = open_page(PAGE, project=first.project_id)
    assert at.selectbox(key="exam-run").value == second.run_id
    at = open_page(PAGE, project=first.project_id, run=first.run_id)
    assert at.selectbox(key="exam-run").value == first.run_id
    at.selectbox(key="exam-run").set_value(second.run_id).run()
    assert at.query_params["run"] == str(second.run_id)
    assert "'Run 2' has not taken its exam" in at.info[0].value


def test_a_run_without_an_exam_is_scored_at_a_click(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, status="cancelled")
    at = open_page(PAGE, project=trained.project_id)
    assert "'Run 1' has not taken its exam" in at.info[0].value
    at.button(key="score-exam").click().run()
    assert not at.exception
    (job,) = evaluations.evaluation_jobs(store, trained.run_id)
    assert job.status == "queued"
    assert "**Scoring of Run 1 on the exam**" in texts(at)
    assert [button.key for button in at.button if button.key == "score-exam"] == []
    at.button(key=f"cancel-{job.id}").click().run()
    assert get_job(store, job.id).status == "cancelled"
    assert "Scoring of Run 1 on the exam was cancelled." in texts(at)


def test_a_file_is_scored_and_a_wrong_one_is_explained(store: Store, tmp_path: Path) -> None:
    trained = _scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    assert "with the columns **email** and **category**" in texts(at)
    upload = at.get("file_uploader")[0]
    upload.set_value(("broken.csv", b"\x89PNG and so on", "text/csv")).run()
    assert "broken.csv is a picture" in at.error[0].value
    upload = at.get("file_uploader")[0]
    upload.set_value(("my mails.csv", b"email,category\nHello,Refund\n", "text/csv")).run()
    at.button(key="score-file").click().run()
    assert not at.exception
    (job,) = evaluations.evaluation_jobs(store, trained.run_id)
    assert job.title == "Scoring of Run 1 on my mails.csv"


def test_columns_with_other_names_are_chosen(store: Store, tmp_path: Path) -> None:
    trained = _scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    upload = at.get("file_uploader")[0]
    upload.set_value(("mine.csv", b"email,topic\nHello,Refund\n", "text/csv")).run()
    assert "mine.csv has no column 'category'" in at.info[-1].value
    assert "score-file" not in [button.key for button in at.button]
    assert at.selectbox(key="exam-column-text").value == "email"
    at.selectbox(key="exam-column-label").set_value("topic").run()
    at.button(key="score-file").click().run()
    assert not at.exception
    (job,) = evaluations.evaluation_jobs(store, trained.run_id)
    assert job.title == "Scoring of Run 1 on mine.csv"


def test_categories_that_the_model_does_not_know_are_said_before_the_score(
    store: Store, tmp_path: Path
) -> None:
    trained = _scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    content = b"email,category\nHello,REFUND\nHi,Refund\nWho,Career\n"
    at.get("file_uploader")[0].set_value(("new.csv", content, "text/csv")).run()
    (warning,) = [w.value for w in at.warning if "does not know" in w.value]
    assert "2 rows have a category" in warning
    assert "'REFUND' in 1 row (differs only in capitals from 'Refund')" in warning
    assert "'Career' in 1 row" in warning

    at.checkbox(key="exam-same-spelling").check().run()
    (warning,) = [w.value for w in at.warning if "does not know" in w.value]
    assert "'Career'" in warning
    assert "REFUND" not in warning
    at.button(key="score-file").click().run()
    (job,) = evaluations.evaluation_jobs(store, trained.run_id)
    with store.read() as session:
        data = session.get_one(Job, job.id).spec["data"]
    assert pq.read_table(data)["label"].to_pylist() == ["Refund", "Refund", "Career"]


def test_a_failed_scoring_says_why_until_a_newer_result(store: Store, tmp_path: Path) -> None:
    trained = _scored(store, tmp_path, right=90, base=60, baseline=70)
    with store.write() as session:
        session.add(
            Job(
                kind="evaluate",
                title="Scoring of Run 1 on a.csv",
                spec={},
                run_id=trained.run_id,
                project_id=trained.project_id,
                status="failed",
                reason="Row 3 has no text: fill it in.",
                finished_at=now(),
            )
        )
    at = open_page(PAGE, project=trained.project_id)
    assert "Scoring of Run 1 on a.csv failed. Row 3 has no text: fill it in." in at.error[0].value
    table = _categories(90, 60, 70)
    newer = add_exam(store, trained.run_id, table, accuracies(table), split="a.csv")
    at.run()
    assert not at.error
    assert at.selectbox(key=f"exam-{trained.run_id}-{newer}").value == newer
    assert "On 100 questions the trained model" in at.success[0].value


def test_a_part_of_the_exam_is_called_a_part(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    table = answers(["Refund"], ["Refund"])
    add_exam(store, trained.run_id, table, accuracies(table))
    at = open_page(PAGE, project=trained.project_id)
    assert "The model answered 1 of the exam's 6 questions, drawn at random" in texts(at)
    assert "Only 1 exam question: take the number as a rough hint." in at.info[0].value


def test_answers_that_are_gone_are_explained_and_can_be_made_again(
    store: Store, tmp_path: Path, home: Path
) -> None:
    trained = _scored(store, tmp_path, right=89, base=60, baseline=70)
    (info,) = evaluations.list_evaluations(store, trained.run_id)
    (home / "objects" / info.predictions_hash[:2] / info.predictions_hash).unlink()
    at = open_page(PAGE, project=trained.project_id)
    assert "not on the disk any more" in at.error[0].value
    assert at.button(key="score-exam").label == "Score the exam again"


def test_many_categories_show_the_worst_in_the_matrix(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    expected = [f"category {i:02d}" for i in range(77) for _ in range(40)]
    tuned = [name if i % 11 else f"category {i % 50:02d}" for i, name in enumerate(expected)]
    table = answers(expected, tuned)
    add_exam(store, trained.run_id, table, accuracies(table))
    at = open_page(PAGE, project=trained.project_id)
    _open_tab(at, "Mix-ups")
    assert "Shown are the 15 categories with the most mix-ups." in texts(at)
    at.toggle(key="matrix-all").set_value(True).run()
    assert not at.exception
    assert "Shown are" not in texts(at)


def by_turns(store: Store, run_id: int) -> None:
    """As a training leaves a run whose exam was by turns."""
    with store.write() as session:
        run = session.get_one(Run, run_id)
        run.result = {**(run.result or {}), "exam": "turns"}


def test_an_exam_by_turns_says_how_it_came_about(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    table = _categories(right=90, base=60, baseline=70).assign(turn=[i % 5 for i in range(100)])
    add_exam(store, trained.run_id, table, accuracies(table))
    by_turns(store, trained.run_id)
    at = open_page(PAGE, project=trained.project_id)
    assert not at.exception
    assert "Each of 100 rows is an exam question once: the model is trained 5 times" in texts(at)
    assert "score-exam" not in [button.key for button in at.button]


def test_one_that_was_stopped_is_not_asked_what_it_learned(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    by_turns(store, trained.run_id)
    at = open_page(PAGE, project=trained.project_id)
    assert "it has learned from every row" in texts(at)
    assert "score-exam" not in [button.key for button in at.button]


def test_questions_that_fit_no_category_are_told_beside_the_score(
    store: Store, tmp_path: Path
) -> None:
    trained = add_trained(store, tmp_path)
    table = _categories(right=90, base=60, baseline=70)
    table["none_of_these"] = [number >= 95 or number == 3 for number in range(100)]
    add_exam(store, trained.run_id, table, accuracies(table))
    at = open_page(PAGE, project=trained.project_id)
    assert (
        "Of 100 exam questions it says 'none of these' to 6 (6.0 %); the nearest category is right "
        "for 1 of them. Of the other 94, 94.7 % are right." in texts(at)
    )
    at.pills(
        key=f"rows-show-{evaluations.list_evaluations(store, trained.run_id)[0].id}"
    ).set_value("refused").run()
    assert _rows(at) == [5, *range(97, 102)]


def test_a_model_that_cannot_tell_strangers_says_so(store: Store, tmp_path: Path) -> None:
    trained = _scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    assert "does not say when a text fits none of your categories" in texts(at)


def test_a_category_in_other_capitals_is_no_unknown_one(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    table = _categories(right=90, base=60, baseline=70)
    table["none_of_these"] = [number == 3 for number in range(100)]
    table.loc[[0, 1, 3], "expected"] = ["DELIVERY", "DELIVERY", "Career"]
    add_exam(store, trained.run_id, table, accuracies(table))
    shown = texts(open_page(PAGE, project=trained.project_id))
    assert "Of the 1 whose category it has not learned, it says so of 1." in shown
    assert "'DELIVERY' in 2 rows (differs only in capitals from 'Delivery')" in shown

"""The Evaluate page: the verdict, what it rests on, and the ways on."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.exams import (
    accuracies,
    add_exam,
    add_scored,
    add_trained,
    answers,
    exam_of_categories,
)
from tests.pages.opened import open_page, texts
from workbench.evaluation import evaluations
from workbench.projects import projects

PAGE = "pages/evaluate/evaluate.py"


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
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    assert at.success[0].value.startswith(
        "**Use the trained model. On 100 exam questions the trained model gets 90.0\u00a0% right – 20.0 points "
        "better than the simple baseline (70.0\u00a0%) and 30.0 better than before training"
    )
    assert at.query_params["run"] == str(trained.run_id)
    assert at.button(key="to-use").label == "Try it in the playground"


def test_who_looks_at_the_verdict_has_done_the_step(store: Store, tmp_path: Path) -> None:
    trained = add_scored(store, tmp_path, right=36, base=12, baseline=30)
    at = open_page(PAGE, project=trained.project_id)

    labels = [link.proto.label for link in at.get("page_link")]
    evaluate = [label for label in labels if "Evaluate" in label]
    assert len(evaluate) == 2, "in the sidebar and in the bar of the steps"
    assert all("done" in label for label in evaluate)


def test_a_loss_is_shown_as_one_and_leads_back_to_training(store: Store, tmp_path: Path) -> None:
    trained = add_scored(store, tmp_path, right=60, base=20, baseline=90)
    at = open_page(PAGE, project=trained.project_id)
    assert at.error[0].value.startswith(
        "**Do not use the trained model: the simple baseline is better."
    )
    assert "do not use it" in at.error[0].value
    assert at.button(key="to-train").label == "Train again"
    assert not at.success


def _open_scores(at: AppTest) -> AppTest:
    at.session_state["all-scores"] = True
    at.run()
    assert not at.exception, at.exception
    return at


def test_all_scores_have_a_plain_word_and_the_fields_word(store: Store, tmp_path: Path) -> None:
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    assert not at.table, "nothing is computed before it is asked for"
    table = _open_scores(at).table[0].value
    assert list(table.index) == [
        "right answers (accuracy)",
        "right answers, averaged over the categories (balanced accuracy)",
        "right answers, every category counts the same (macro-F1)",
        "right answers, by how often a category comes (weighted F1)",
        "how far sure and right are apart (expected calibration error, ECE)",
    ]
    assert list(table.columns) == ["Simple baseline", "Before training", "After training"]
    assert list(table.iloc[0]) == [
        "70.0 % (60.4 % to 78.1 %)",
        "60.0 % (50.2 % to 69.1 %)",
        "90.0 % (82.6 % to 94.5 %)",
    ]
    assert list(table.iloc[4]) == ["–", "–", "0.0 %"]
    assert "Always naming the most frequent one would give 40.0 %" in texts(at)
    assert "frozen-embedding probe" in texts(at)


def test_rows_can_be_filtered_searched_and_read_in_full(store: Store, tmp_path: Path) -> None:
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    assert _rows(at) == list(range(2, 102))
    exam_id = evaluations.list_evaluations(store, trained.run_id)[0].id
    show = at.pills(key=f"rows-show-{exam_id}")
    assert show.options == [
        "All (100)",
        "Wrong (10)",
        "Wrong now, right before training (0)",
        "Right now, wrong before training (30)",
        "Nothing similar in your data",
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
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    _open_tab(at, "By category")
    assert at.dataframe[0].value.iloc[0].to_dict() == {
        "category": "Product question",
        "examples": 20,
        "right": 50.0,
        "interval": "29.9 % to 70.1 %",
        "mistaken_for": "Refund",
        "mistakes": 10,
        "precision": 100.0,
        "f1": pytest.approx(200 / 3),
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
    table = _open_scores(at).table[0].value
    assert [label.partition(" (")[0] for label in table.index] == [
        "likeness to your own answers, of 100",
        "words in common with your own answers, of 100",
        "pairs of words in common, of 100",
        "words in common with your own answers, in their order, of 100",
        "runs of words in common, of 100",
        "word for word the same",
        "words for each word of your own answers",
        "runs of four words that it repeats",
        "how wrong it still is, smaller is better",
    ]
    assert table["After training"].iloc[0].startswith("70.5 (")
    assert table["After training"].iloc[-1] == "1.25"
    assert "it is \\*on\\* :orange-background[my desk]" in texts(at)
    exam_id = evaluations.list_evaluations(store, trained.run_id)[0].id
    assert at.pills(key=f"rows-show-{exam_id}").options[1:-1] == [
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
    assert at.pills(key=f"rows-show-{exam_id}").options[-2] == "Not in your examples (1)"


def test_documents_show_how_the_model_goes_on(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="language-modelling", kind="causal")
    table = answers(["and left."], ["and stayed."], base=["zzz"], inputs=["She came"])
    add_exam(store, trained.run_id, table, {"base": {"loss": 3.31}, "tuned": {"loss": 2.74}})
    at = open_page(PAGE, project=trained.project_id)
    assert "On 1 exam text the trained model is still wrong by 2.74" in at.info[0].value
    assert "**Row 2: start of the text**" in texts(at)
    assert not at.pills


def test_the_run_of_the_link_is_shown(store: Store, tmp_path: Path) -> None:
    first = add_scored(store, tmp_path, right=90, base=60, baseline=70)
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


def test_questions_that_fit_no_category_are_told_beside_the_score(
    store: Store, tmp_path: Path
) -> None:
    trained = add_trained(store, tmp_path)
    table = exam_of_categories(right=90, base=60, baseline=70)
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
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    at = open_page(PAGE, project=trained.project_id)
    assert "does not say when a text fits none of your categories" in texts(at)


def test_a_category_in_other_capitals_is_no_unknown_one(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    table = exam_of_categories(right=90, base=60, baseline=70)
    table["none_of_these"] = [number == 3 for number in range(100)]
    table.loc[[0, 1, 3], "expected"] = ["DELIVERY", "DELIVERY", "Career"]
    add_exam(store, trained.run_id, table, accuracies(table))
    shown = texts(open_page(PAGE, project=trained.project_id))
    assert "Of the 1 that belong to none of the categories it learned, it says so of 1." in shown
    assert "'DELIVERY' in 2 rows (differs only in capitals from 'Delivery')" in shown

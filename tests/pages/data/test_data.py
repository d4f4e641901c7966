"""The Data page: from a table to a saved version, and back again."""

import io
import json
import tempfile
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.pages.opened import open_page, paste, texts
from workbench.data import datasets
from workbench.data.examples.plan import Source
from workbench.projects import projects
from workbench.system import drafts

PAGE = "pages/data/data.py"
TABLE = "text\tcategory\n" + "".join(f"message number {i}\tkind {i % 3}\n" for i in range(60))


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def _with_file(store: Store, project_id: int, content: bytes, name: str) -> AppTest:
    """The page after a file was uploaded (which the test client cannot do by itself)."""
    source = datasets.keep(io.BytesIO(content), name)
    drafts.save_draft(
        store, project_id, "data", {"source": {"digest": source.digest, "name": source.name}}
    )
    return open_page(PAGE, project=project_id)


def _errors(at: AppTest) -> str:
    return "\n".join(error.value for error in at.error)


def test_an_empty_page_teaches_what_belongs_here(project_id: int) -> None:
    at = open_page(PAGE, project=project_id)

    assert "What belongs here" in texts(at)
    assert [uploader.label for uploader in at.get("file_uploader")]
    assert "Saved datasets" not in texts(at)


def test_a_pasted_table_is_guessed_checked_and_saved(store: Store, project_id: int) -> None:
    at = paste(open_page(PAGE, project=project_id), TABLE)

    assert at.radio[0].value == "classification"
    assert "Suggested" in at.radio[0].proto.captions[0]
    assert [metric.value for metric in at.metric] == ["60", "48", "6", "6"]
    assert "Nothing odd was found" in texts(at)
    assert "every row of 60 is an exam question once. The model is trained 5 times" in texts(at)
    assert not _errors(at)

    at.text_input(key="data-name").set_value("My mails").run()
    at.button(key="data-save").click().run()

    (version,) = datasets.list_versions(store, project_id)
    assert (version.dataset_name, version.number, version.rows) == ("My mails", 1, 60)
    assert "Your data is ready" in at.success[0].value
    primary = [button.label for button in at.main.button if button.proto.type == "primary"]
    assert primary == ["Next: choose a model"]


def test_what_was_entered_survives_a_refresh(store: Store, project_id: int) -> None:
    at = paste(open_page(PAGE, project=project_id), TABLE)
    at.radio[0].set_value("completion").run()
    key = next(box.key for box in at.selectbox if box.key and box.key.endswith("prompt"))
    at.selectbox(key=key).set_value("\0weave").run()
    at.text_area(key=f"{key}-template").set_value("Sort this: {text} ({category})").run()
    at.text_input(key="data-name").set_value("Another").run()

    again = open_page(PAGE, project=project_id)

    assert again.radio[0].value == "completion"
    assert again.text_area(key=f"{key}-template").value == "Sort this: {text} ({category})"
    assert again.text_input(key="data-name").value == "Another"
    assert "Sort this" in texts(again)


def test_an_unknown_column_in_a_template_is_said_and_nothing_is_lost(project_id: int) -> None:
    at = paste(open_page(PAGE, project=project_id), TABLE)
    key = next(box.key for box in at.selectbox if box.key and box.key.endswith("-text"))
    at.selectbox(key=key).set_value("\0weave").run()

    at.text_area(key=f"{key}-template").set_value("{txet}").run()

    assert "no column 'txet': did you mean 'text'?" in at.warning[0].value
    assert at.text_area(key=f"{key}-template").value == "{txet}"
    assert not [button for button in at.button if button.key == "data-save"]


def test_a_template_with_the_answer_in_it_is_warned_of(project_id: int) -> None:
    at = paste(open_page(PAGE, project=project_id), TABLE)
    key = next(box.key for box in at.selectbox if box.key and box.key.endswith("-text"))

    at.selectbox(key=key).set_value("\0weave").run()
    assert at.text_area(key=f"{key}-template").value == "text: {text}"
    assert "only learn to copy" not in texts(at)

    at.text_area(key=f"{key}-template").set_value("{text} {category}").run()
    assert "only learn to copy it" in texts(at)


def test_the_model_s_view_shows_the_learned_part(store: Store, project_id: int) -> None:
    at = paste(open_page(PAGE, project=project_id), TABLE)
    at.radio[0].set_value("completion").run()

    shown = "\n".join(markdown.value for markdown in at.markdown)

    assert "im_start" in shown
    assert ":blue-background[**kind " in shown
    assert not at.exception


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"\x89PNG\r\n", "table.csv", "a picture"),
        (b"text,label\none,a\n", "few.csv", "1 usable row"),
        (b"text,label\n" + b"one, two,a\n" * 20, "ragged.csv", "Row 2 of ragged.csv has 3 cells"),
        (
            b"text,label\n" + b"".join(b"mail %d,same\n" % i for i in range(20)),
            "one.csv",
            "in one category, 'same'",
        ),
        (b'text,label\n"open,a\n' + b"x,b\n" * 20, "quote.csv", "line 2 of quote.csv"),
    ],
)
def test_bad_files_get_one_sentence(
    store: Store, project_id: int, content: bytes, name: str, words: str
) -> None:
    at = _with_file(store, project_id, content, name)

    assert words in _errors(at)
    assert len(at.error) == 1
    assert not [button for button in at.button if button.key == "data-save"]
    assert at.button(key="data-other")


def test_how_the_file_was_read_can_be_corrected(store: Store, project_id: int) -> None:
    at = _with_file(store, project_id, TABLE.encode(), "t.tsv")
    assert at.selectbox(key="data-read-delimiter").value == "\t"

    at.number_input(key="data-read-header_row").set_value(0).run()
    assert at.metric[0].value == "61"
    assert at.number_input(key="data-read-header_row").value == 0

    at.button(key="data-read-again").click().run()
    assert at.metric[0].value == "60"


def test_a_sheet_with_hundreds_of_columns_can_be_used(store: Store, project_id: int) -> None:
    header = ",".join(["text", "label", *(f"c{i}" for i in range(298))])
    rows = "".join(f"mail {i},{'ab'[i % 2]}" + ",x" * 298 + "\n" for i in range(30))

    at = _with_file(store, project_id, f"{header}\n{rows}".encode(), "wide.csv")

    assert not _errors(at)
    assert at.metric[0].value == "30"
    at.button(key="data-save").click().run()
    assert len(datasets.list_versions(store, project_id)) == 1


def test_an_exam_file_takes_the_place_of_the_test_split(store: Store, project_id: int) -> None:
    exam = "category,text\n" + "".join(f"kind {i % 3},exam mail {i}\n" for i in range(9))
    test = datasets.keep(io.BytesIO(exam.encode()), "exam.csv")
    own = datasets.keep(io.BytesIO(TABLE.encode()), "t.tsv")
    drafts.save_draft(
        store,
        project_id,
        "data",
        {"source": own.__dict__, "test": test.__dict__, "own_exam": True},
    )

    at = open_page(PAGE, project=project_id)

    assert [metric.value for metric in at.metric] == ["69", "54", "6", "9"]
    at.button(key="data-other-exam").click().run()
    assert not at.metric
    at.radio(key="data-own-exam").set_value(False).run()
    assert [metric.value for metric in at.metric] == ["60", "48", "6", "6"]


def test_another_file_keeps_task_and_columns_where_they_fit(store: Store, project_id: int) -> None:
    at = paste(open_page(PAGE, project=project_id), TABLE)
    at.radio[0].set_value("completion").run()

    at.button(key="data-other").click().run()
    assert [uploader.label for uploader in at.get("file_uploader")]
    paste(at, TABLE + "one more\tkind 1\n")

    assert at.radio[0].value == "completion"
    assert at.metric[0].value == "61"


def test_a_saved_version_can_be_extended_and_deleted(store: Store, project_id: int) -> None:
    saved = datasets.save_version(
        store, project_id=project_id, path=_file(TABLE), dataset_name="Kinds"
    )
    at = open_page(PAGE, project=project_id)
    assert "Kinds" in texts(at)
    assert "Version 1 · 60 examples" in texts(at)

    at.button(key=f"edit-{saved.version_id}").click().run()
    assert at.text_input(key="data-name").value == "Kinds"
    assert at.button(key="data-save").label == "Save as version 2"
    assert "keeps its exam questions" in texts(at)

    at.button(key=f"delete-it-{saved.dataset_id}").click().run()
    assert datasets.list_versions(store, project_id) == []
    assert at.button(key="data-save").label == "Save as version 1"


def test_saving_what_is_there_already_shows_that_version(store: Store, project_id: int) -> None:
    first = datasets.save_version(
        store, project_id=project_id, path=_file(TABLE), dataset_name="Kinds"
    )
    at = open_page(PAGE, project=project_id)
    at.button(key=f"edit-{first.version_id}").click().run()

    at.button(key="data-save").click().run()

    assert [version.id for version in datasets.list_versions(store, project_id)] == [
        first.version_id
    ]
    assert "version 1 of 'Kinds'" in at.success[0].value


def test_a_file_that_is_gone_is_said(store: Store, project_id: int) -> None:
    gone = Source("f" * 64, "gone.csv")
    drafts.save_draft(store, project_id, "data", {"source": gone.__dict__})

    at = open_page(PAGE, project=project_id)

    assert "gone.csv is not here any more" in _errors(at)


def test_the_draft_is_plain_values(store: Store, project_id: int) -> None:
    paste(open_page(PAGE, project=project_id), TABLE)

    draft = drafts.get_draft(store, project_id, "data")

    assert json.loads(json.dumps(draft)) == draft


def _file(text: str) -> Path:
    path = Path(tempfile.mkdtemp()) / "t.tsv"
    path.write_text(text)
    return path


def test_another_sheet_is_looked_at_afresh(store: Store, project_id: int) -> None:
    book = openpyxl.Workbook()
    notes, mails = book.active, book.create_sheet("Mails")
    notes.title = "Notes"
    for number in range(20):
        notes.append([f"Note {number} says something else about what happened", number])
        mails.append(
            ["text", "category"] if not number else [f"mail {number}", f"kind {number % 2}"]
        )
    stream = io.BytesIO()
    book.save(stream)
    at = _with_file(store, project_id, stream.getvalue(), "book.xlsx")
    assert at.radio[0].value == "language-modelling"
    at.selectbox(key="data-read-sheet").set_value("Mails").run()
    assert not at.exception
    assert at.radio[0].value == "classification"
    assert at.selectbox(key=_role_key(at, "label")).value == "category"


def _role_key(at: AppTest, role: str) -> str:
    return next(str(box.key) for box in at.selectbox if str(box.key).endswith(f"-{role}"))


def test_answers_that_are_not_learned_are_told_with_their_number(
    store: Store, project_id: int
) -> None:
    lines = [
        json.dumps(
            {
                "messages": [
                    {"role": "user", "content": f"Where is parcel {i}?"},
                    {"role": "assistant", "content": "No idea.", "weight": 0},
                    {"role": "user", "content": "Look again."},
                    {"role": "assistant", "content": f"In town {i}."},
                ]
            }
        )
        for i in range(20)
    ]
    at = _with_file(store, project_id, "\n".join(lines).encode(), "talks.jsonl")

    assert "20 answers in 20 rows are read, not learned (weight 0)." in texts(at)
    assert not _errors(at)


def test_bad_answers_are_left_out_until_the_feedback_is_taken_away(
    store: Store, project_id: int
) -> None:
    lines = [
        json.dumps(
            {"prompt": f"Where is {i}?", "completion": f"It is in town {i}.", "label": i > 9}
        )
        for i in range(30)
    ]
    at = _with_file(store, project_id, "\n".join(lines).encode(), "kto.jsonl")
    assert at.metric[0].value == "20"
    assert "10 answers marked as bad by their feedback" in texts(at)

    key = next(box.key for box in at.selectbox if box.key and box.key.endswith("feedback"))
    at.selectbox(key=key).set_value(None).run()
    assert at.metric[0].value == "30"
    assert not _errors(at)


def test_reasoning_is_not_learned_unless_it_is_chosen(store: Store, project_id: int) -> None:
    lines = [
        json.dumps(
            {
                "messages": [
                    {"role": "user", "content": f"Where is parcel {i}?"},
                    {"role": "assistant", "reasoning": "Let me see.", "content": f"In town {i}."},
                ]
            }
        )
        for i in range(20)
    ]
    at = _with_file(store, project_id, "\n".join(lines).encode(), "talks.jsonl")
    assert "20 rows have reasoning beside the answer: it is not learned." in texts(at)

    at.checkbox(key="data-reasoning").check().run()
    assert "it is learned as" in texts(at)
    assert drafts.get_draft(store, project_id, "data")["reasoning"] is True
    assert not _errors(at)


def test_where_speakers_have_names_the_page_asks_who_answers(store: Store, project_id: int) -> None:
    said = [("Ann", "Where is {}?"), ("Bo", "In town {}."), ("Ann", "Thanks."), ("Bo", "Bye {}.")]
    lines = [
        json.dumps({"dialog": [{"speaker": who, "text": text.format(i)} for who, text in said]})
        for i in range(20)
    ]
    at = _with_file(store, project_id, "\n".join(lines).encode(), "talks.jsonl")

    assert at.selectbox(key="data-read-assistant").value == "Bo"
    assert "What Bo writes counts as the answers" in texts(at)
    at.selectbox(key="data-read-assistant").set_value("Ann").run()
    assert "What Ann writes counts as the answers" in texts(at)
    assert drafts.get_draft(store, project_id, "data")["read"]["assistant"] == "Ann"
    assert not _errors(at)

"""An example as the chosen model sees it."""

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.folders import T5, model_folder
from tests.pages.opened import texts
from workbench.models import catalogue


def _page(task, row, model_id):  # type: ignore[no-untyped-def]
    from workbench.ui import preview

    model = preview.chosen_model(model_id)
    labels = ["late", "lost"]
    preview.show_example(task, row, system="Be kind.", labels=labels, model=model)


def _shown(store: Store, folder: Path, task: str, row: dict[str, Any]) -> list[str]:
    model_id = catalogue.add_folder(store, model_folder(folder / "t5-small", T5))
    at = AppTest.from_function(_page, args=(task, row, model_id), default_timeout=20).run()
    assert not at.exception
    marks = str.maketrans("", "", "\\\u2060")
    return [element.value.translate(marks) for element in [*at.caption, *at.markdown]]


def test_an_encoder_decoder_shows_both_of_its_texts_with_the_learned_one_marked(
    store: Store, tmp_path: Path
) -> None:
    row = {"prompt": "Where is <b>it</b>?", "response": "On its *way*."}
    caption, *shown = _shown(store, tmp_path, "completion", row)
    assert "the encoder of t5-small reads it" in caption
    assert shown[0] == "**The encoder reads**"
    assert shown[1].split() == ["Be", "kind.", "&nbsp;", "Where", "is", "<b>it</b>?"]
    assert shown[2] == "**The decoder learns to write**"
    assert shown[3] == ":blue-background[**On its *way*.**]"
    assert "im_start" not in " ".join(shown)


def test_a_conversation_shows_each_of_its_answers(store: Store, tmp_path: Path) -> None:
    turns = [{"role": ("user", "assistant")[i % 2], "content": f"turn {i}"} for i in range(4)]
    _caption, *shown = _shown(store, tmp_path, "chat", {"messages": turns})
    learned = [text for text in shown if text.startswith(":blue-background")]
    assert learned == [":blue-background[**turn 1**]", ":blue-background[**turn 3**]"]


def test_categories_are_written_too(store: Store, tmp_path: Path) -> None:
    row = {"text": "Where?", "label": "late"}
    _caption, *shown = _shown(store, tmp_path, "classification", row)
    assert "Categories: late, lost" in shown[1]
    assert shown[3] == ":blue-background[**late**]"


def test_documents_are_shown_as_a_model_that_writes_has_them(store: Store, tmp_path: Path) -> None:
    shown = _shown(store, tmp_path, "language-modelling", {"text": "All of this."})
    assert ":blue-background[**All of this.**]" in shown


def test_a_conversation_without_an_answer_is_a_warning(store: Store, tmp_path: Path) -> None:
    model_id = catalogue.add_folder(store, model_folder(tmp_path / "t5", T5))
    row = {"messages": [{"role": "user", "content": "Where?"}]}
    at = AppTest.from_function(_page, args=("chat", row, model_id), default_timeout=20).run()
    assert "no answer to learn from" in texts(at)


def test_the_calls_of_an_example_are_shown_as_a_person_reads_them() -> None:
    def shown() -> None:
        from workbench.ui import preview

        call = '<tool_call>\n{"name": "room", "arguments": {"floor": 2}}\n</tool_call>'
        row = {"prompt": "Is floor 2 free?", "response": f"Let me look.\n{call}"}
        preview.show_example("completion", row, system="", labels=(), model=None)
        plain = {"prompt": "Hi.", "response": "Hello."}
        preview.show_example("completion", plain, system="", labels=(), model=None)

    at = AppTest.from_function(shown).run()
    assert not at.exception, at.exception
    (box,) = at.expander
    assert box.label == "The calls of tools in it"
    assert "floor: **2**" in [element.value for element in box.markdown]

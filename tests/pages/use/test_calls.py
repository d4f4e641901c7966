"""Calls of tools on the pages: how an exam tells them, and how a conversation goes on behind one."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.exams import add_exam, add_trained, answers
from tests.helpers.tiny import PEFT_USES_AN_OLD_NAME
from tests.pages.opened import open_page, texts
from tests.pages.use.asked import PAGE, add_run, set_draft, shown
from workbench.use import conversations

pytestmark = pytest.mark.filterwarnings(PEFT_USES_AN_OLD_NAME)
EVALUATE = "pages/evaluate/evaluate.py"


def call(floor: int) -> str:
    return f'<tool_call>\n{{"name": "room", "arguments": {{"floor": {floor}}}}}\n</tool_call>'


@pytest.fixture
def examined(store: Store, tmp_path: Path) -> AppTest:
    """The exam of a model that calls: two right, one with another input, one in words."""
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    wanted = [call(1), call(2), call(3), call(4), "Hello."]
    table = answers(
        wanted,
        [call(1), call(2), call(9), "No.", "Hello."],
        base=["No."] * 5,
    )
    add_exam(store, trained.run_id, table, {"base": {"chrf": 1.0}, "tuned": {"chrf": 60.0}})
    return open_page(EVALUATE, project=trained.project_id)


def test_evaluate_says_how_it_calls(examined: AppTest) -> None:
    said = texts(examined)
    assert (
        "In 3 of 4 questions where a tool was to be called, it called the right one, with every "
        "input right in 2." in said
    )
    assert "Before training: In 0 of 4 questions" in said
    examined.session_state["by-tool"] = True
    at = examined.run()
    (table,) = [one.value for one in at.dataframe if "too_much" in one.value]
    assert table["input"].tolist() == ["all inputs", "floor"]
    assert table["right"].tolist() == [50.0, 50.0]
    assert table["missing"].tolist() == [1, 1]
    rows = next(one.value for one in at.dataframe if "expected" in one.value)
    assert rows["tuned"].tolist()[0] == "→ room (floor: 1)"
    compared = next(one.value for one in at.dataframe if "Its answer" in one.value)
    assert compared["Its answer"].tolist() == ["✓ room", "✓ 1"]
    assert "<tool_call>" not in texts(at)


@pytest.mark.usefixtures("server")
def test_the_user_says_what_a_tool_gave_back(
    store: Store,
    project_id: int,
    weights: Path,
) -> None:
    run_id = add_run(store, project_id, "completion", weights / "replies")
    set_draft(store, project_id, max_tokens=8, show_base=False)
    opened, _ = conversations.start_conversation(store, project_id, run_id, "Is floor 2 free?")
    said = f"Let me look.\n{call(2)}"
    conversations.add_answer(store, opened, f"run-{run_id}", said, {"seconds": 1})
    at = open_page(PAGE, project=project_id, conversation=opened)
    assert "**room**" in texts(at)
    assert "floor: **2**" in texts(at)
    assert "Nothing is carried out here" in texts(at)
    (field,) = [area for area in at.text_area if str(area.key).startswith("tool-")]
    field.set_value("free")
    (button,) = [one for one in at.button if str(one.key).startswith("tools-go-")]
    button.click().run(timeout=60)
    assert not at.exception, at.exception
    turns = conversations.turns(store, opened)
    assert turns[-1].question.content == "<tool_response>\nfree\n</tool_response>"
    (answer,) = turns[-1].answers
    assert answer.details["earlier"] == [
        {"role": "user", "content": "Is floor 2 free?"},
        {"role": "assistant", "content": said},
    ]
    assert "What the tool gave back" in texts(at)
    assert "free" in shown(at)

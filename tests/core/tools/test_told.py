"""A model is told of its tools as it was in training."""

import pytest

from workbench.core.chats.calls import INTRO
from workbench.core.tools.told import told_of_tools, with_tools
from workbench.core.tools.tool import Tool

TOOLS = (Tool("room", line="room(floor)"), Tool("bell"))
NAMED = f"{INTRO}\n- room(floor)"
OTHERS = f"{INTRO}\n- other()"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], f"Be brief.\n\n{NAMED}"),
        (["Be kind."], f"Be kind.\n\n{NAMED}"),
        ([""], ""),
        ([OTHERS], f"Be brief.\n\n{OTHERS}"),
        ([f"Be kind.\n\n{OTHERS}"], f"Be kind.\n\n{OTHERS}"),
    ],
)
def test_tools_are_named_unless_others_are(given: list[str], told: str) -> None:
    assert told_of_tools("Be brief.", given, TOOLS) == told


def test_a_model_without_named_tools_is_told_nothing_else() -> None:
    assert told_of_tools("Be brief.", [], (Tool("bell"),)) == "Be brief."
    assert told_of_tools("", [], ()) == ""


def test_a_question_of_a_file_is_told_of_them_as_well() -> None:
    question = {"role": "user", "content": "q"}
    kind = {"role": "system", "content": "Be kind."}
    assert with_tools([kind, question], TOOLS) == [
        {"role": "system", "content": f"Be kind.\n\n{NAMED}"}, question,
    ]  # fmt: skip
    others = [{"role": "system", "content": OTHERS}, question]
    assert with_tools(others, TOOLS) == others
    assert with_tools([question], ()) == [question]

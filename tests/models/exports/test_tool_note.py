"""An export says how its model calls tools, and names them as the model learned it."""

from pathlib import Path

from workbench.core.chats.calls import INTRO
from workbench.core.tools.tool import Input, Tool
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.exports.tool_note import for_card, for_modelfile, system_of
from workbench.models.trained import TrainedModel

TOOLS = (
    Tool("room", (Input("floor", {}), Input("day", {})), line="room(floor, day)", calls=4),
    Tool("odd `name`\n# x", calls=1),
    Tool("never"),
)


def _trained(*tools: Tool) -> TrainedModel:
    return TrainedModel(
        task="chat",
        family="causal",
        base=BaseModelRef("tiny", Path("/m"), "causal", "r"),
        system="Be kind.",
        tools=tuple(tool.as_dict() for tool in tools),
        calls_tools=bool(tools),
    )


def test_a_model_that_calls_none_says_nothing() -> None:
    assert for_card(_trained()) == for_modelfile(_trained()) == ""
    assert system_of(_trained()) == "Be kind."


def test_the_form_and_the_tools_are_told() -> None:
    card = for_card(_trained(*TOOLS))
    assert card.startswith("## Calls of tools\n")
    assert "`room(floor, day)`, `odd 'name' # x()`." in card
    assert "never" not in card
    assert system_of(_trained(*TOOLS)) == f"Be kind.\n\n{INTRO}\n- room(floor, day)"


def test_a_modelfile_has_it_in_comments() -> None:
    lines = for_modelfile(_trained(*TOOLS)).strip().splitlines()
    assert lines
    assert all(line.startswith("# ") for line in lines)

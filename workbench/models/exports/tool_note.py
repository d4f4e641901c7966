"""How an exported model calls tools, for whoever asks it with another program."""

from workbench.core.tools.told import told_of_tools
from workbench.core.tools.tool import Tool, read
from workbench.models.trained import TrainedModel

TITLE = "## Calls of tools"
_MOST = 20
FORM = """Where it calls a tool, its answer holds

    <tool_call>
    {"name": "the tool", "arguments": {"an input": "its value"}}
    </tool_call>

and nothing is carried out by itself: the program that asks reads the call, and tells what the tool gave back as \
the user's next message, between `<tool_response>` and `</tool_response>`. This is the form that it learned, \
whatever the chat template does with tools: name them in the instruction, as in "- room(floor, day): what it \
does", and do not pass them to the template."""


def system_of(trained: TrainedModel) -> str:
    """The instruction that the model learned with, its tools named as far as its examples name them."""
    return told_of_tools(trained.system, (), read(trained.tools))


def for_card(trained: TrainedModel) -> str:
    """A section of the model card; empty for a model that calls none."""
    if not trained.calls_tools:
        return ""
    named = [_named(tool) for tool in read(trained.tools) if tool.calls][:_MOST]
    told = f"\n\nTools that its examples call: {', '.join(named)}." if named else ""
    return f"{TITLE}\n\n{FORM}{told}"


def for_modelfile(trained: TrainedModel) -> str:
    """Comments at the end of a Modelfile; empty for a model that calls none."""
    if not trained.calls_tools:
        return ""
    return (
        '\n# This model calls tools in its answer, as text: <tool_call> {"name": ..., "arguments": {...}}\n'
        "# </tool_call>. Tell what a tool gave back as the next message of the user, between <tool_response>\n"
        "# and </tool_response>. TEMPLATE has no place for Ollama's own `tools`: name them in SYSTEM.\n"
    )


def _named(tool: Tool) -> str:
    inputs = ", ".join(own.name for own in tool.inputs)
    line = " ".join(f"{tool.name}({inputs})".replace("`", "'").split())
    return f"`{line}`"

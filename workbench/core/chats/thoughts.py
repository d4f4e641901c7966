"""Thoughts: what some models write between marks of their own before they answer.

Examples hold answers alone. So a model is taught, and asked, to answer at once: a template that
opens a thought in front of the answer gets it closed, with nothing in it.
"""

MARKS = (
    ("<think>", "</think>"),  # DeepSeek R1, Qwen 3, SmolLM3, Hunyuan, GLM, Olmo 3, LFM2
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),  # Magistral
    ("<seed:think>", "</seed:think>"),  # Seed-OSS
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|channel>thought", "<channel|>"),  # Gemma 4
)
"""Of each kind of thought, what opens and what closes it."""


def closing_of(text: str) -> str:
    """What closes the thought that a text ends with; empty without one."""
    for opens, closes in MARKS:
        if text.rstrip().endswith(opens):
            return f"\n{closes}\n\n"
    return ""

"""The model's view: every letter as it is, and the learned part marked."""

import re

import pytest

from workbench.core.messages import Segment
from workbench.ui.preview import marked


def _shown(markdown: str) -> str:
    """What a reader of the Markdown sees, but for the joiners of no width."""
    text = markdown.replace("\u2060", "").replace("\u00a0", " ").replace("&nbsp;", "")
    return re.sub(r"\\(.)", r"\1", text)


@pytest.mark.parametrize(
    "text",
    [
        "# no heading, *no* _emphasis_ and `no code`",
        "<script>alert(1)</script> &lt; <|im_start|>",
        "[link](http://example.com) ![image](x.png) :material/home: :+1: $x^2$",
        "a -> b <- c >= d ~= e -- f <-> g",
        "    four spaces  and   more",
        "===",
        "1. one",
        ":red[text] {braces}",
    ],
)
def test_text_is_shown_letter_by_letter(text: str) -> None:
    assert _shown(marked([Segment(text, learned=False)])) == text


@pytest.mark.parametrize("code", [":+1:", ":material/home:", "->", "<-", "--", ">=", "~="])
def test_what_would_be_replaced_is_held_apart(code: str) -> None:
    assert code not in re.sub(r"\\(.)", r"\1", marked([Segment(code, learned=False)]))


def test_the_learned_part_is_bold_on_a_coloured_ground_line_by_line() -> None:
    shown = marked([Segment("Question?\n", False), Segment("one\n\ntwo", True)])

    assert shown.split("  \n") == [
        "Question?",
        ":blue-background[**one**]",
        "&nbsp;",
        ":blue-background[**two**]",
    ]


def test_long_texts_keep_their_end() -> None:
    shown = marked([Segment("x" * 5000 + " the end", True)])

    assert "2,908 characters not shown here" in shown
    assert "the end" in shown
    assert len(shown) < 3000

"""Text of somebody else's: shown as it was written, on every page."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.helpers import shown_text
from workbench.ui.text import JOINER, code, plain, plain_lines

NASTY = (
    "![x](http://evil.example/p.png)",
    "[a](https://evil.example) <https://evil.example> www.evil.example eve@evil.example",
    ":material/home: :material_home: :streamlit: :smile: :+1: :red[x] :blue-badge[x] :help[x]",
    "$x^2$ $$y$$ **b** _i_ ~~s~~ `c` <img src=x onerror=y> &#58; &amp; a|b",
    "-> <- <-> -- >= <= ~= [^1] \\*x\\*",
    "# head",
    "> quote",
    "- item",
    "1. first",
    "1) first",
    "---",
    "foo :material/home",
)
LETTERS = st.text(st.sampled_from("\\`*_{}[]()#+-.!|<>~$:&=/^@;\"' \t\n19axw"), max_size=30)
TEXTS = LETTERS | st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf"]), max_size=30)
REPLACED = (
    r"(https?://|www(?=\.))[-.\w]+",
    r"[-.\w+]+@[-\w]+(?:\.[-\w]+)+",
    r":material[_/](\w+):",
    r":streamlit:",
    r":(?!\d\d?:)[-+\w]+:",
    r"(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)",
)
"""What streamlit 1.67 replaces in a text after the parser has read it."""


def read(source: str) -> str:
    """What CommonMark with GitHub's tables and strikethrough shows; only text may come out."""
    shown = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(source):
        assert token.type in ("paragraph_open", "paragraph_close", "inline"), token.type
        for child in token.children or ():
            assert child.type in ("text", "text_special", "softbreak", "hardbreak"), child.type
            shown.append("\n" if "break" in child.type else child.content)
    return "".join(shown)


def check(source: str) -> str:
    """The text that is shown; nothing in it is left to be replaced, nor in the source."""
    shown = read(source)
    for taken in REPLACED:
        assert not re.search(taken, shown, re.IGNORECASE | re.ASCII), (taken, shown)
    assert ":material/" not in source
    assert not re.search(r"(?<!\\)(?:\\\\)*[$]|(?<!\\)(?:\\\\)*:[a-z]", source)
    return shown.replace(JOINER, "")


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_are_shown_as_they_are(text: str) -> None:
    assert check(plain(text)) == text


@given(TEXTS)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    assert check(plain(text)) == " ".join(text.split())


@given(TEXTS)
def test_it_is_the_same_within_our_own_formatting(text: str) -> None:
    assert read(f"Of '{plain(text)}', seen") == f"Of '{' '.join(read(plain(text)).split())}', seen"


@pytest.mark.parametrize(
    "text", [*NASTY, "a\n\nb", "    code\n\tcode", "a  b\n===\n| - |", "x\r\ny"]
)
def test_lines_and_blanks_are_kept(text: str) -> None:
    text = f"first\n{text}"  # the parser strips what begins a paragraph, Streamlit's does not
    shown = check(plain_lines(text)).replace("\u00a0", " ")
    wanted = re.sub(r"\n(?=\n|$)", "\n ", text.replace("\r\n", "\n").expandtabs(4))
    assert shown == wanted


def test_what_would_disorder_the_page_is_a_replacement_character() -> None:
    assert plain("a\u202egpj.exe\x00\ud800b") == "a\ufffdgpj.exe\ufffd\ufffdb"


@pytest.mark.parametrize("text", ["run-3", "a`b", "``", "`x`"])
def test_code_is_to_be_copied_letter_by_letter(text: str) -> None:
    (token,) = MarkdownIt().parseInline(code(text))[0].children or ()
    assert (token.type, token.content) == ("code_inline", text)


def test_every_place_that_shows_markdown_holds_what_is_not_our_own() -> None:
    found = [
        f"{path.relative_to(shown_text.ROOT)}:{value.lineno}: {shown_text.source(value)}"
        for path, value in shown_text.unproved()
    ]
    assert not found, "let these pass through `plain`:\n" + "\n".join(found)


def test_every_command_that_pages_use_has_been_looked_at(tmp_path: Path) -> None:
    assert not shown_text.unknown()
    page = tmp_path / "page.py"
    page.write_text("st.html(name)\nst.text(name)\n")
    assert shown_text.unknown([page]) == {"html"}


@pytest.mark.parametrize(
    "line",
    [
        "st.button('x', 'key', name)",
        "st.metric('x', 1, None, 'normal', name)",
        "st.column_config.TextColumn('x', help=name)",
        "st.markdown(name)",
        "st.error(str(error))",
        "st.button('x', help=f'{name}')",
        "st.write('a ' + name)",
        "st.caption(' · '.join([name]))",
        "parts = []\n    parts.append(name)\n    st.info(''.join(parts))",
        "st.radio('x', ['a'], captions=[job.reason])",
        "st.tabs([name])",
        "st.markdown(_own(name))",
    ],
)
def test_the_rule_sees_what_is_not_held(line: str, tmp_path: Path) -> None:
    held = line.replace("name", "plain(name)").replace("str(error)", "plain(error)")
    held = held.replace("job.reason", "plain(job.reason)")
    head = "def _own(text):\n    return text\n\n\ndef page(name, job, error):\n    "
    for number, (body, wrong) in enumerate(((line, 1), (held, 0))):
        path = tmp_path / f"page{number}.py"
        path.write_text(head + body + "\n")
        assert len(shown_text.unproved([path])) == wrong, body

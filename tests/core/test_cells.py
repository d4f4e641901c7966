"""Which texts a spreadsheet might run, and which a person expects as they are."""

import pytest

from workbench.core.cells import harmless

EVIL = '=HYPERLINK("http://evil.example","click")'
OPENING = ["=1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1+1", "\u00a0=1"]


@pytest.mark.parametrize(
    "text", [EVIL, *OPENING, "=cmd|' /C calc'!A0", "-5 stars", "+49-30/1", "-@x"]
)
def test_formulas_are_made_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "value", ["-5", "+3.2", "-1,200", "-4%", "- 5", "-3 €", "-", "---", "+1e5"]
)
def test_numbers_and_dashes_stay(value: str) -> None:
    assert harmless(value) == value


@pytest.mark.parametrize("value", ["+49 170 1234567", "+491701234567", "+49 (0)30 12345"])
def test_telephone_numbers_stay(value: str) -> None:
    assert harmless(value) == value


@pytest.mark.parametrize("value", ["a = b", "", 7, None, "'=1", "  text", "2 + 2"])
def test_what_is_no_formula_stays(value: object) -> None:
    assert harmless(value) == value

"""What cells show through their number formats, as Excel shows it."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.readers import dates
from workbench.data.readers.cell_formats.looks import Look, look_of, tidy

_EURO = (
    '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-'  # accounting in Germany
)
_NUMBERS = [
    # digits
    ("0", 3.5, "4"),
    ("0", 2.5, "3"),
    ("0", -2.5, "-3"),
    ("0", -0.0, "0"),
    ("0.00", 3.5, "3.50"),
    ("0.00", 1.005, "1.01"),
    ("0.00", 2.675, "2.68"),
    ("0.00", -0.004, "-0.00"),
    ("0.00", 1e20, "100000000000000000000.00"),
    ("0.0#", 1.5, "1.5"),
    ("0.0#", 1.25, "1.25"),
    ("0.##", 1, "1."),
    ("#.##", 0.5, ".5"),
    (".00", 12.5, "12.50"),
    ("#", 0, ""),
    ("0.???", 1.5, "1.5"),
    ("???0", 12, "12"),
    # identifiers
    ("00000", 123, "00123"),
    ("00000", 123456, "123456"),
    ("000-00-0000", 123456789, "123-45-6789"),
    ("000-00-0000", 12345678, "012-34-5678"),
    ("(###) ###-####", 5551234567, "(555) 123-4567"),
    ('"INV-"0000', 12, "INV-0012"),
    ('"INV-"0000', -12, "-INV-0012"),
    ("\\#0", 7, "#7"),
    ("00\\.00\\.00", 50324, "05.03.24"),
    # thousands and scale
    ("#,##0", 1234567, "1,234,567"),
    ("#,##0", 999.5, "1,000"),
    ("#,##0.00", -1234.5, "-1,234.50"),
    ("0,000", 5, "0,005"),
    ("#,##0,", 1234567, "1,235"),
    ('0.0,,"M"', 12345678, "12.3M"),
    ("# ##0", 1234567, "1234 567"),
    # percent
    ("0%", 0.155, "16%"),
    ("0%", 0.145, "15%"),
    ("0%", -0.004, "-0%"),
    ("0.0\\ %", 0.1234, "12.3 %"),
    ("0%%", 0.5, "5000%%"),
    ("0\\%", 15, "15%"),
    ('0"%"', 15, "15%"),
    # currencies, and languages that are named
    ('#,##0.00\\ "€"', 1234.5, "1,234.50 €"),
    ("#,##0.00\\ [$€-407]", 1234.5, "1.234,50 €"),
    ("#,##0.00\\ [$€-40C]", 1234567.5, "1 234 567,50 €"),
    ("[$-410]#,##0.00", 1234.5, "1.234,50"),
    ("[$€-de-DE]\\ #,##0.0", 1234.5, "€ 1.234,5"),
    ("[$£-809]#,##0.00", 1234.5, "£1,234.50"),
    ("[$€-2]\\ 0.00", 2, "€ 2.00"),
    ("[$CHF]\\ 0.00", 2, "CHF 2.00"),
    ("$#,##0.00_);[Red]($#,##0.00)", -3, "($3.00)"),
    ("_($* #,##0.00_);_($* (#,##0.00)", 1234.5, "$ 1,234.50"),
    (_EURO, 1234.5, "1,234.50 €"),
    (_EURO, -1234.5, "-1,234.50 €"),
    (_EURO, 0, "- €"),
    # sections and conditions
    ("0.00;(0.00)", -3, "(3.00)"),
    ("0.00;(0.00)", 0, "0.00"),
    ('0;-0;"none"', 0, "none"),
    ("0;-0;;@", 0, ""),
    ("0;;", -3, ""),
    (";;;", 5, ""),
    ('"yes";"no"', 1, "yes"),
    ('"yes";"no"', -1, "no"),
    ('"yes"', -1, "-yes"),
    ('[=1]"yes";[=0]"no";0', 1, "yes"),
    ('[=1]"yes";[=0]"no";0', 0, "no"),
    ('[=1]"yes";[=0]"no";0', 3, "3"),
    ("[>=100]0;0.0", -5, "-5.0"),
    ("[<0]0.0;0", -5, "5.0"),
    ("[<1]0.00%;#,##0", 0.5, "50.00%"),
    ("[<1]0.00%;#,##0", -0.5, "-50.00%"),
    ("[>=1000000]0.0,,\"M\";[>=1000]0.0,\"k\";0", 1_500_000, "1.5M"),
    ("[>=1000000]0.0,,\"M\";[>=1000]0.0,\"k\";0", 1500, "1.5k"),
    ("[>=1000000]0.0,,\"M\";[>=1000]0.0,\"k\";0", 15, "15"),
    ('[>100]"much";"less than nothing";0', -1, "less than nothing"),
    # General
    ('General" kg"', 2.5, "2.5 kg"),
    ('General" kg"', -2.5, "-2.5 kg"),
    ('"no "@', 2.5, "2.5"),
    ("0;General", -0.1 - 0.2, "0.3"),
    # powers of ten
    ("0.00E+00", 12345, "1.23E+04"),
    ("0.00E+00", -0.00012345, "-1.23E-04"),
    ("0.00E+00", 0, "0.00E+00"),
    ("0.00E-00", 12345, "1.23E04"),
    ("0E+0", 9.6, "1E+1"),
    ("##0.0E+0", 12345, "12.3E+3"),
    ("##0.0E+0", 999960, "1.0E+6"),
    ("##0.0E+0", 0.00012345, "123.5E-6"),
    # fractions
    ("# ?/?", 2.5, "2 1/2"),
    ("# ?/?", 0.5, "1/2"),
    ("# ?/?", 3, "3"),
    ("# ?/?", 0, "0"),
    ("# ?/?", -1.2, "-1 1/5"),
    ("# ?/?", 12.3, "12 1/3"),
    ("# ?/?", 123.45, "123 4/9"),
    ("# ?/?", 0.99, "1"),
    ("# ??/??", 3.14159265358979, "3 1/7"),
    ("# ???/???", 3.14159265358979, "3 16/113"),
    ("# ?/8", 1.25, "1 2/8"),
    ("# ??/100", 0.5, "50/100"),
    ("?/?", 2.5, "5/2"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "shown"), _NUMBERS)
def test_a_number_is_shown_as_its_format_says(code: str, value: float, shown: str) -> None:
    assert _look(code).number(value) == shown


_AT = 45356.604166666664
"""5 March 2024, 14:30."""
_MOMENTS = [
    ("dd.mm.yyyy", _AT, "05.03.2024"),
    ("d.m.yy", _AT, "5.3.24"),
    ("dd.mm.yyyy hh:mm", _AT, "05.03.2024 14:30"),
    ("d. mmmm yyyy", _AT, "5. March 2024"),
    ("[$-407]d. mmmm yyyy", _AT, "5. März 2024"),
    ("[$-40C]dddd d mmmm yyyy;@", _AT, "mardi 5 mars 2024"),
    ("[$-en-US]mmmm d, yyyy", _AT, "March 5, 2024"),
    ("mmm yy", _AT, "Mar 24"),
    ("[$-407]mmm\\ yyyy", _AT, "Mrz 2024"),
    ("d-mmm-yy", _AT, "5-Mar-24"),
    ("yyyy-mm-dd", _AT, "2024-03-05"),
    ("yyyy/mm/dd", _AT, "2024/03/05"),
    ("mm/yyyy", _AT, "03/2024"),
    ("dddd", _AT, "Tuesday"),
    ("ddd", _AT, "Tue"),
    ("mmmm", _AT, "March"),
    ("mmmmm", _AT, "M"),
    ("yyyy", _AT, "2024"),
    # before 1 March 1900, where spreadsheets count a day that never was
    ("yyyy-mm-dd", 0, "1900-01-00"),
    ("yyyy-mm-dd", 1, "1900-01-01"),
    ("yyyy-mm-dd", 59, "1900-02-28"),
    ("yyyy-mm-dd", 60, "1900-02-29"),
    ("yyyy-mm-dd", 61, "1900-03-01"),
    ("dddd", 1, "Sunday"),
    ("yyyy-mm-dd", 2958465, "9999-12-31"),
    ("yyyy-mm-dd", -5, "-5"),
    ("yyyy-mm-dd", 2958466, "2958466"),
    # times
    ("h:mm", _AT, "14:30"),
    ("hh:mm:ss", 0.3541666667, "08:30:00"),
    ("h:mm AM/PM", _AT, "2:30 PM"),
    ("h:mm AM/PM", 0, "12:00 AM"),
    ("h:mm AM/PM", 0.5, "12:00 PM"),
    ("hh A/P", 0.75, "06 P"),
    ("h:mm", 0.999999, "0:00"),
    ("h:mm", 0.54166, "12:59"),
    ("mm:ss.0", 0.0005, "00:43.2"),
    ("ss.000", 0.0000123, "01.063"),
    # durations
    ("[h]:mm", 1.5, "36:00"),
    ("[h]:mm:ss", 1.000011574, "24:00:01"),
    ("[hh]:mm", 0.05, "01:12"),
    ("[mm]:ss", 0.5, "720:00"),
    ("[s]", 1, "86400"),
    ("[h]:mm", -0.0625, "-1:30"),
]


@pytest.mark.parametrize(("code", "value", "shown"), _MOMENTS)
def test_a_date_or_time_is_shown_as_its_format_says(code: str, value: float, shown: str) -> None:
    assert _look(code).number(value) == shown


@pytest.mark.parametrize(
    "code",
    [
        "",
        "General",
        "@",
        "m/d/yyyy",
        "dd/mm/yyyy;@",
        "mm-dd-yy",
        "dd-mm-yyyy hh:mm",
        "mm.dd.yyyy",
        "yy-mm-dd",
        "d-mmm",
        "dd.mm.",
        "ddd h:mm",
        "[$-F800]dddd, mmmm dd, yyyy",
        "[$-F400]h:mm:ss AM/PM",
        "[$-x-sysdate]dddd",
        "[$-419]d mmmm yyyy",
        "[$-D000000]0",
        "[DBNum1]0",
        "ggge",
        "0" * 256,
        "0;0;0;0;0",
        "0/0/0",
        "0E0",
    ],
)
def test_what_is_ambiguous_of_the_region_or_unknown_changes_nothing(code: str) -> None:
    assert look_of(code) is None


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    look = look_of("dd.mm.yyyy", dates_1904=True)

    assert look is not None
    assert [look.number(0), look.number(45356 - 1462)] == ["01.01.1904", "05.03.2024"]


def test_a_short_year_that_could_be_another_one_is_written_out() -> None:
    look = _look("dd.mm.yy hh:mm")

    shown = [look.number(day + 0.25) for day in (23_000, 25_569, 62_093, 62_094)]

    assert shown == ["1962-12-20 06:00", "01.01.70 06:00", "31.12.69 06:00", "2070-01-01 06:00"]


def test_texts_take_part_where_a_format_has_something_for_them() -> None:
    assert _look('0;0;0;"T: "@').text("a  b") == "T: a  b"
    assert _look('"INV-"@').text("7") == "INV-7"
    assert _look("0.00").text("a") == _look("0.00;@").text("a") == "a"
    assert _look(";;;").text("hidden") == ""
    assert _look(_EURO).text(" as it is ") == " as it is "
    shaping = [_look(code).shapes_text for code in ("0", "0;@", "0;0;0;General", _EURO, ";;;")]
    assert shaping == [False, False, False, False, True]


def test_blanks_that_only_align_are_one_or_none() -> None:
    assert tidy("\0 1\u00a0234,50\u202f€ \0") == "1 234,50 €"
    assert tidy("a  b") == "a  b"


@pytest.mark.parametrize("code", [code for code, value, _ in _MOMENTS if "y" in code])
def test_a_date_that_is_shown_is_read_back_as_the_same(code: str) -> None:
    look = look_of(code)
    days = [dt.date(2022, 11, 1) + dt.timedelta(n * 9) for n in range(90)]

    assert look is not None
    shown = [look.number((day - dt.date(1899, 12, 30)).days) for day in days]
    read = dates.seconds(shown, numbers=True)

    found = [dt.datetime.fromtimestamp(moment or 0, dt.UTC).date() for moment in read]
    assert [(day.year, day.month if "m" in code else 1) for day in days] == [
        (day.year, day.month) for day in found
    ]
    if "d" in code:
        assert found == days


_ANY = st.floats(-1e12, 1e12, allow_nan=False) | st.integers(-(10**9), 10**9).map(float)
_QUICK = settings(max_examples=40)


@_QUICK
@given(value=_ANY, decimals=st.integers(0, 6), grouped=st.booleans(), percent=st.booleans())
def test_decimals_are_those_of_exact_arithmetic(
    value: float, decimals: int, grouped: bool, percent: bool
) -> None:
    code = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
    exact = Decimal(f"{value:.15g}") * (100 if percent else 1)
    rounded = abs(exact).quantize(Decimal(10) ** -decimals, rounding=ROUND_HALF_UP)
    expected = f"{rounded:,f}" if grouped else f"{rounded:f}"

    shown = _look(code + ("%" if percent else "")).number(value)

    assert shown == ("-" if value < 0 else "") + expected + ("%" if percent else "")


@_QUICK
@given(days=st.integers(61, 2_958_464), seconds=st.integers(0, 86_399))
def test_moments_are_those_of_the_calendar(days: int, seconds: int) -> None:
    moment = dt.datetime(1899, 12, 30) + dt.timedelta(days, seconds)

    shown = _look("yyyy-mm-dd hh:mm:ss").number(days + seconds / 86_400)

    assert shown == moment.isoformat(" ")


@_QUICK
@given(code=st.text('0#?.,%;-_* /E+@"\\[]$€dmyhs:()G<=1', max_size=12), value=_ANY)
def test_no_code_breaks_anything(code: str, value: float) -> None:
    look = look_of(code)

    assert look is None or isinstance(look.number(value), str)


def _look(code: str) -> Look:
    look = look_of(code)
    assert look is not None, code
    return look

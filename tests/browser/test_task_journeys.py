"""Several categories a text, and two texts that belong together: from an empty home to an answer.

What the page says of the exam is held against scikit-learn, over the answers that are downloaded there.
"""

import csv
import itertools
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect
from sklearn.metrics import accuracy_score, f1_score
from sklearn.preprocessing import MultiLabelBinarizer

from tests.browser.conftest import App
from tests.browser.test_journey import TRAINING_MS, button, photograph, settle
from workbench.core.tasks.category_sets import categories_in
from workbench.core.tasks.rungs import BASE, BASELINE, TUNED, rung_named

pytestmark = [pytest.mark.release, pytest.mark.timeout(1200)]
WHO = [rung_named(name).title for name in (BASELINE, BASE, TUNED)]
SAID = {
    "delay": ("the boat left an hour late", "we waited for ages at the pier"),
    "price": ("the ticket cost far too much", "I want my money back"),
    "crew": ("the man at the counter was rude", "nobody of the crew helped us"),
}
PLACES = ("Oban", "Mallaig", "Ullapool", "Largs", "Tarbert", "Wemyss Bay", "Gourock", "Ardrossan")
COLOURS = ("red", "blue", "green", "white")
NEARLY_PP = 0.06
"""A page rounds to a tenth of a per cent."""


def _complaints(path: Path) -> Path:
    """Complaints in which one, two or all three things go wrong, or none; every fourth label slipped."""
    sets = [own for size in range(4) for own in itertools.combinations(SAID, size)]
    rows = []
    for number, (place, way, own) in enumerate(itertools.product(PLACES, range(3), sets)):
        parts = [SAID[name][(number + way) % 2] for name in own] or ["all went well"]
        given = sorted({*own} ^ {"crew"}) if number % 4 == way % 4 else own
        rows.append((f"{place}, trip {number}: {', and '.join(parts)}.", "; ".join(given)))
    return _written(path, ("message", "topics"), rows)


def _claims(path: Path) -> Path:
    """A claim on a boat, and what the log says of it: the same colour, or another."""
    rows = []
    for number, (place, said, found) in enumerate(itertools.product(PLACES, COLOURS, COLOURS)):
        if said == found or (number + number // 4) % 3 == 0:
            verdict = "supported" if said == found else "refuted"
            text = (
                f"The ferry to {place} is {said}.",
                f"On day {number} a {found} ferry left {place}.",
            )
            rows.append((*text, verdict))
    return _written(path, ("claim", "evidence", "verdict"), rows)


def _written(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def brought(app: App, page: Page, name: str, path: Path) -> None:
    """A new project with a file on its Data page."""
    page.goto(app.address)
    button(page, "Start your own")
    page.get_by_label("Name", exact=True).fill(name)
    button(page, "Create project")
    page.get_by_role("heading", name="Is your data ready?").wait_for()
    page.locator("input[type=file]").first.set_input_files(path)


def trained(page: Page, browser: Browser, name: str) -> None:
    """From the file as the model sees it to the exam: MiniLM, as quick as it goes."""
    page.get_by_text("As the model sees it").first.wait_for()
    settle(page)
    photograph(page, browser, f"{name}-data")
    button(page, "Save as version 1")
    page.get_by_text("Your data is ready").wait_for()
    button(page, "Next: choose a model")
    page.get_by_role("heading", name="Which model fits?").wait_for()
    settle(page)
    photograph(page, browser, f"{name}-model")
    button(page, "Choose this model")
    button(page, "Go on to Train")
    page.get_by_role("heading", name="Ready to train?").wait_for()
    settle(page)
    button(page, "Choose Quick look")
    expect(page.get_by_role("button", name="Choose Quick look")).to_have_count(0)
    photograph(page, browser, f"{name}-train")
    button(page, "Start training")
    page.get_by_role("heading", name="How did the training go?").wait_for(timeout=TRAINING_MS)
    settle(page)
    photograph(page, browser, f"{name}-trained")
    button(page, "See how good it is")
    page.get_by_role("heading", name="How good is it?").wait_for()
    settle(page)


def scores(page: Page) -> pd.DataFrame:
    """All scores as the page says them, in per cent: a row a score, a column for who took the exam."""
    page.get_by_text("All scores", exact=True).click()
    table = page.get_by_test_id("stTable").filter(has_text=WHO[-1])
    table.wait_for()
    settle(page)
    rows = table.evaluate(
        "shown => [...shown.querySelectorAll('tr')].map("
        "row => [...row.children].map(cell => cell.innerText.trim()))"
    )
    assert rows[0][1:] == WHO
    cells = {row[0]: [_number(cell) for cell in row[1:]] for row in rows[1:]}
    return pd.DataFrame.from_dict(cells, orient="index", columns=WHO)


def _number(cell: str) -> float:
    found = re.match(r"\s*([\d.]+)", cell)
    return float(found[1]) if found else float("nan")


def answers(page: Page, folder: Path) -> pd.DataFrame:
    """The exam's rows, as they are downloaded."""
    with page.expect_download() as found:
        button(page, "Download all rows as CSV")
    path = folder / "answers.csv"
    found.value.save_as(path)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def equal(said: pd.Series, computed: dict[str, float]) -> None:
    """What the page says of each, and what scikit-learn computes."""
    for who, share in computed.items():
        assert abs(said[who] - 100 * share) < NEARLY_PP, (said.name, who, said[who], share)


def test_several_categories_a_text(app: App, page: Page, browser: Browser, tmp_path: Path) -> None:
    brought(app, page, "Ferry complaints", _complaints(tmp_path / "complaints.csv"))
    page.get_by_text("Nothing is made of the file until you choose").wait_for()
    settle(page)
    photograph(page, browser, "several-asked")
    page.get_by_text("and a row without any means").click()
    trained(page, browser, "several")
    photograph(page, browser, "several-evaluate")

    said, rows = scores(page), answers(page, tmp_path)
    sets = {who: [categories_in(text) for text in rows[who]] for who in WHO}
    mine = [categories_in(text) for text in rows["Your categories"]]
    marks = MultiLabelBinarizer(classes=sorted(SAID)).fit([])
    for label, average in (("micro-F1", "micro"), ("macro-F1", "macro")):
        (name,) = [name for name in said.index if label in name]
        equal(
            said.loc[name],
            {
                who: f1_score(marks.transform(mine), marks.transform(sets[who]), average=average)
                for who in WHO
            },
        )
    (name,) = [name for name in said.index if "exact" in name.lower() or "subset" in name.lower()]
    equal(
        said.loc[name],
        {w: accuracy_score(marks.transform(mine), marks.transform(sets[w])) for w in WHO},
    )
    assert 60 < said.filter(like="micro-F1", axis=0)[WHO[-1]].item() < 100

    button(page, "Try it in the playground")
    box = page.get_by_label("Text to sort")
    box.wait_for(timeout=120_000)
    box.fill("Oban: the boat left an hour late, and the man at the counter was rude.")
    button(page, "Sort it")
    for topic in ("delay", "crew"):
        page.locator(".stMarkdownBadge").filter(has_text=topic).first.wait_for(timeout=120_000)
    settle(page)
    photograph(page, browser, "several-use")


def test_two_texts_that_belong_together(
    app: App, page: Page, browser: Browser, tmp_path: Path
) -> None:
    brought(app, page, "Claims on ferries", _claims(tmp_path / "claims.csv"))
    trained(page, browser, "pairs")
    photograph(page, browser, "pairs-evaluate")

    said, rows = scores(page), answers(page, tmp_path)
    mine = rows["Your answer"]
    (name,) = [name for name in said.index if "accuracy" in name and "balanced" not in name]
    equal(said.loc[name], {who: accuracy_score(mine, rows[who]) for who in WHO})
    (name,) = [name for name in said.index if "macro-F1" in name]
    equal(said.loc[name], {who: f1_score(mine, rows[who], average="macro") for who in WHO})

    button(page, "Try it in the playground")
    page.get_by_label("claim").wait_for(timeout=120_000)
    page.get_by_label("claim").fill("The ferry to Oban is red.")
    page.get_by_label("evidence").fill("On day 3 a red ferry left Oban.")
    button(page, "Sort it")
    page.locator(".stMarkdownBadge").filter(
        has_text=re.compile("supported|refuted")
    ).first.wait_for(timeout=120_000)
    settle(page)
    photograph(page, browser, "pairs-use")

"""What a thousand answers cost: here, in electricity, and by a price for a million tokens elsewhere."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.evaluation.ladder import Ladder
from workbench.training.energy import Energy, Prices, kwh_words, money

ANSWERS = 1000
LETTERS_A_TOKEN = 4
"""Of English, roughly, in the word pieces of most models; other languages have fewer."""


@dataclass(frozen=True)
class AnswerCosts:
    """Of a thousand answers."""

    kwh: float | None
    """Here; None where time or power of an answer is not known."""
    tokens: int
    """That a paid service would count, guessed from the letters of the exam's questions and answers."""
    here: float | None
    """In money, by the price of a kWh; None where it was not said."""
    elsewhere: float | None
    """In money, by the price of a million tokens; None where it was not said."""

    @property
    def rows(self) -> list[tuple[str, str]]:
        """As a report has them."""
        found = []
        if self.kwh is not None:
            cost = "" if self.here is None else f", which costs {money(self.here)}"
            found.append((f"{ANSWERS:,} answers", f"{kwh_words(self.kwh)}{cost}"))
        if self.elsewhere is not None:
            found.append(
                (
                    f"{ANSWERS:,} answers from a paid service",
                    f"{money(self.elsewhere)}, at the price that you said, for about "
                    f"{self.tokens:,} tokens",
                )
            )
        return found

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "answers": ANSWERS,
            "kwh": self.kwh,
            "tokens": self.tokens,
            "cost": self.here,
            "cost_elsewhere": self.elsewhere,
        }


def answer_costs(
    ladder: Ladder, answers: pd.DataFrame, energy: Energy | None, prices: Prices
) -> AnswerCosts:
    """What a thousand answers of the trained model cost.

    An answer is taken to draw the power that the training drew on average.

    Args:
        answers: the judged rows of the exam.
    """
    tuned = ladder.tuned
    seconds = tuned.seconds if tuned else None
    kwh = None
    if seconds is not None and energy is not None:
        kwh = ANSWERS * seconds * energy.watts / 3_600_000
    tokens = _tokens(answers)
    here = kwh * prices.kwh if kwh is not None and prices.kwh else None
    price = prices.million_tokens
    return AnswerCosts(kwh, tokens, here, tokens * price / 1e6 if price and tokens else None)


def _tokens(answers: pd.DataFrame) -> int:
    if not {"input", "tuned"} <= set(answers) or answers.empty:
        return 0
    letters = answers["input"].astype(str).str.len() + answers["tuned"].astype(str).str.len()
    return round(ANSWERS * float(letters.mean()) / LETTERS_A_TOKEN)

"""What a training took in electricity, and what that costs by a price that the user says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.database import Store
from workbench.system import drafts

PRICES = "price"
"""The project's draft that keeps the prices: `hour` of this computer, `kwh`, `million_tokens`."""
_BY = {
    "measured": "measured by the machine's own counters",
    "estimated": "estimated from its load: 8 W for each busy core",
}


@dataclass(frozen=True)
class Prices:
    """In the user's currency; 0 where nobody said."""

    hour: float = 0.0
    kwh: float = 0.0
    million_tokens: float = 0.0


@dataclass(frozen=True)
class Energy:
    """What a training took."""

    kwh: float
    seconds: float
    how: str
    """measured, estimated, or both where parts of the machine differ."""

    @classmethod
    def of(cls, result: Mapping[str, Any] | None) -> "Energy | None":
        """What a training's result says; None where nobody kept it."""
        told: Any = (result or {}).get("energy")
        try:
            found = cls(float(told["kwh"]), float(told["seconds"]), str(told["how"]))
        except (KeyError, TypeError, ValueError):
            return None
        return found if found.seconds > 0 else None

    @property
    def watts(self) -> float:
        """On average."""
        return self.kwh * 3_600_000 / self.seconds

    @property
    def by(self) -> str:
        """How it is known, in words."""
        return _BY.get(self.how, "partly measured, partly estimated from the load")

    def words(self, price_kwh: float = 0.0) -> str:
        """As a report has it: "0.012 kWh, about 0.004 in money (estimated …)"."""
        cost = f", which costs {money(self.kwh * price_kwh)}" if price_kwh else ""
        return f"{kwh_words(self.kwh)}{cost} ({self.by})"


def kwh_words(kwh: float) -> str:
    """So many kWh; small ones in Wh."""
    return f"{kwh:.3f} kWh" if kwh >= 0.1 else f"{1000 * kwh:.3g} Wh"


def money(value: float) -> str:
    """An amount without a currency, which is the user's."""
    return f"{value:,.2f}" if value >= 0.1 else f"{value:.2g}"


def prices_of(store: Store, project_id: int) -> Prices:
    """The prices that were said in a project."""
    kept = drafts.get_draft(store, project_id, PRICES)
    values = (kept.get(name) for name in ("hour", "kwh", "million_tokens"))
    return Prices(*(float(v) if isinstance(v, int | float) and v > 0 else 0.0 for v in values))


def keep_price(store: Store, project_id: int, name: str, value: float) -> None:
    """Keep one of the prices (`hour`, `kwh`, `million_tokens`) with a project; 0 takes it back."""
    kept = drafts.get_draft(store, project_id, PRICES)
    drafts.save_draft(store, project_id, PRICES, {**kept, name: value})

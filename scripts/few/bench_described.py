"""Prints how well an encoder sorts by descriptions of the categories alone, without any example.

    .venv/bin/python scripts/few/bench_described.py [SET ...]

SET is sample (the sample's e-mails), bitext_support (its test set, by intent) or yelp (sentences of
reviews). The last two are read from the folder that WORKBENCH_BENCH_DATA names. The descriptions
were written from the categories' names, before any result was seen. Beside the accuracy stands the
mean probability that the model gives to what it answers: the nearer both are, the more honest it is.
"""

import argparse
import csv
import os
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.engine.encoder.encoder import load_encoder  # noqa: E402
from workbench.engine.encoder.few.category_names import parts_of  # noqa: E402
from workbench.engine.encoder.few.described import described_head  # noqa: E402
from workbench.engine.encoder.reader.batches import read  # noqa: E402
from workbench.engine.encoder.reader.reader import load_reader  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402

DATA = Path(os.environ.get("WORKBENCH_BENCH_DATA") or ROOT.parent / "shared" / "data")
MODEL = "all-MiniLM-L6-v2"
LONGEST = 256
SAMPLE = {
    "Delivery": "When, where and how a parcel arrives: costs, times, tracking, late or lost parcels.",
    "Return or refund": "Sending back what is fine but not wanted, and getting the money for it.",
    "Damaged or wrong item": "What arrived is broken, faulty, incomplete or not what was ordered.",
    "Change or cancel order": "An order that was just placed shall be changed or called off.",
    "Payment or invoice": "Ways to pay, charges, vouchers, receipts and invoices.",
    "Account and newsletter": "Signing in, passwords, personal data, and the newsletter.",
    "Product question": "What a product is made of, what it can do, whether it fits or is in stock.",
    "Business and bulk order": "Companies, schools and clubs that order many pieces or want a logo.",
}
BITEXT = {
    "cancel_order": "The customer wants to cancel an order that was placed.",
    "change_order": "The customer wants to add or remove items of an order that was placed.",
    "change_shipping_address": "The customer wants to correct the delivery address.",
    "check_cancellation_fee": "The customer asks what it costs to cancel.",
    "check_invoice": "The customer wants to look at an invoice.",
    "check_payment_methods": "The customer asks in which ways one can pay.",
    "check_refund_policy": "The customer asks in which cases money is given back.",
    "complaint": "The customer wants to complain about something.",
    "contact_customer_service": "The customer asks how and when customer service can be reached.",
    "contact_human_agent": "The customer wants to talk to a human and not to a machine.",
    "create_account": "The customer wants to open a new account.",
    "delete_account": "The customer wants to close an account.",
    "delivery_options": "The customer asks which kinds of shipping there are.",
    "delivery_period": "The customer asks how long it takes until a package arrives.",
    "edit_account": "The customer wants to change the data in an account.",
    "get_invoice": "The customer wants to receive or download an invoice.",
    "get_refund": "The customer wants money back.",
    "newsletter_subscription": "The customer wants to subscribe to the newsletter, or to leave it.",
    "payment_issue": "The customer has a problem while paying.",
    "place_order": "The customer wants to buy something.",
    "recover_password": "The customer has forgotten a password.",
    "registration_problems": "The customer cannot sign up because of an error.",
    "review": "The customer wants to leave feedback or an opinion.",
    "set_up_shipping_address": "The customer wants to enter a new delivery address.",
    "switch_account": "The customer wants to use another account.",
    "track_order": "The customer asks where an order is.",
    "track_refund": "The customer asks where the money is that is to be given back.",
}
YELP = {
    "1": "The guest was happy: good food, friendly service, wants to come back.",
    "0": "The guest was disappointed: bad food, slow or rude service, never again.",
}
DESCRIBED = {"sample": SAMPLE, "bitext_support": BITEXT, "yelp": YELP}

Pair = tuple[str, str]


def main() -> int:
    """Measure and print, a line a set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=tuple(DESCRIBED))
    folder = bundled_path(MODEL)
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, LONGEST)
    for name in parser.parse_args().sets:
        told, pairs = DESCRIBED[name], rows(name)
        labels = sorted(told)
        parts = [parts_of(label, told[label]) for label in labels]
        head = described_head(encoder, reader, parts)
        scores = head(read(encoder, reader.ids([text for text, _ in pairs]), reader.pad_id))
        sure = scores.detach().double().softmax(1).numpy()
        wanted = np.array([labels.index(label) for _, label in pairs])
        print(
            f"described: {name}: {len(pairs)} texts, {len(labels)} categories: "
            f"{100 * np.mean(sure.argmax(1) == wanted):.1f} % right, "
            f"{100 * np.mean(sure.max(1)):.1f} % sure",
            flush=True,
        )
    return 0


def rows(name: str) -> list[Pair]:
    """Text and category of each row."""
    if name == "sample":
        return _table(
            ROOT / "workbench" / "projects" / "quillberry_emails.csv", "email", "category"
        )
    if name == "bitext_support":
        return _table(DATA / name / "test.csv", "utterance", "intent")
    lines = (DATA / "uci_sentiment" / "yelp_labelled.txt").read_text("utf-8").splitlines()
    found = [line.rpartition("\t") for line in lines]
    return [(text.strip(), label) for text, _, label in found if text.strip()]


def _table(path: Path, text: str, label: str) -> list[Pair]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row[text], row[label]) for row in csv.DictReader(file)]


if __name__ == "__main__":
    raise SystemExit(main())

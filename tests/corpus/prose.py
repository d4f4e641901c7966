"""Made-up documents of a made-up shop."""

import zlib

SENTENCES = [
    "Quillberry sells crockery and small furniture since the spring of 1987.",
    "A parcel leaves the house on the day of the order if that comes in before noon.",
    "Whoever is not content may send everything back within thirty days.",
    "The money is on the way as soon as the parcel is here, not when it has been opened.",
    "Broken things are replaced without a question, but a picture of the pieces helps.",
]
NOTES = """Minutes of the meeting on Tuesday

We spoke about the delays of the last weeks. The depot in the north is short of two drivers, and
the new one begins in May.

Anna writes to all customers whose parcel is more than three days late. She uses the text that we
agreed on, and adds the name of the driver.

Next meeting: in two weeks.
"""
MARKDOWN = f"""# Handbook

{SENTENCES[0]}

## Sending

{SENTENCES[1]}

```
# this is no heading
order --today
```

## Taking back

{SENTENCES[2]} {SENTENCES[3]}

- {SENTENCES[4]}
"""
HANDBOOK = [
    "# Handbook",
    SENTENCES[0],
    "# Sending",
    SENTENCES[1],
    [["Country", "Days"], ["France", "3"], ["Norway", "5"]],
    "# Taking back",
    SENTENCES[2],
    SENTENCES[3],
]
PAGES = [
    [
        "Quillberry handbook 2024",
        "",
        "Quillberry sells crockery and small furniture since the spring",
        "of 1987. A parcel leaves the house on the day of the order if",
        "that comes in before noon, and two days later it is at its desti-",
        "nation.",
        "Whoever is not content may send everything back within thirty",
        "days, and pays nothing for it; what is sent back later than that",
        "1",
    ],
    [
        "Quillberry handbook 2024",
        "",
        "is taken back only if it is as new.",
        "Broken things are replaced without a question, but a picture of",
        "the pieces helps.",
        "2",
    ],
    [
        "Quillberry handbook 2024",
        "",
        "The money is on the way as soon as the parcel is here, not when",
        "it has been opened.",
        "3",
    ],
    [
        "Quillberry handbook 2024",
        "",
        "Questions go to the desk on the ground floor, which is open from",
        "nine to five.",
        "4",
    ],
]


def _locked_pdf() -> bytes:
    """A document that says it is encrypted, with a password that nobody knows."""
    secret = zlib.compress(b"BT /F1 11 Tf 72 760 Td (secret) Tj ET")
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\n"
        b"5 0 obj<</Filter/Standard/V 2/R 3/Length 128/P -4/O<%s>/U<%s>>>endobj\n"
        b"trailer<</Size 6/Root 1 0 R/Encrypt 5 0 R/ID[<00><00>]>>\nstartxref\n0\n%%%%EOF\n"
        % (len(secret), secret, b"ab" * 32, b"cd" * 32)
    )


LOCKED_PDF = _locked_pdf()

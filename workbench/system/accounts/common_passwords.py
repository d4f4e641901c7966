"""The commonest passwords of twelve characters or more, and how they are made of shorter ones."""

_WORDS = frozenset(
    word
    for line in """
    password passwort passw0rd motdepasse contrasena senha admin administrator root user guest
    test login welcome willkommen bienvenue letmein qwerty qwertz azerty qwertyuiop qwertzuiop
    azertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm yxcvbnm qazwsx qazwsxedc iloveyou ichliebedich
    ihateyou monkey dragon sunshine princess football baseball basketball superman batman
    trustno shadow master michael jennifer jordan hunter charlie daniel ashley jessica computer
    internet samsung google whatever starwars pokemon liverpool arsenal chelsea barcelona
    michelle secret geheim hallo hello summer winter spring autumn sommer herbst fruehling
    monday freedom changeme default company office support service system server database
    workbench streamlit abc abcd abcdef abcdefgh abcdefghijkl xyz asd qwe zaq one two three the
    your please newpassword mypassword correcthorsebatterystaple correct horse battery staple
    """.splitlines()
    for word in line.split()
)
_LONGEST = max(map(len, _WORDS))
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "qwertzuiop", "yxcvbnm", "azertyuiop", "1qaz2wsx3edc4rfv5tgb6yhn", "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujm",
)  # fmt: skip
_LETTERS = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}
)


def is_common(password: str) -> bool:
    """Whether it is made of common words, rows of keys and repetitions, with digits about them."""
    low = password.casefold()
    return any(_is_made_of_common(text) for text in {low, low.translate(_LETTERS)})


def _is_made_of_common(text: str) -> bool:
    """Fewer than four letters are left when what is common is taken away."""
    if _repeats(text) or _is_in_a_row(text):
        return True
    left, at = "", 0
    while at < len(text):
        ends = range(min(len(text), at + _LONGEST), at + 2, -1)
        end = next((e for e in ends if text[at:e] in _WORDS or _is_in_a_row(text[at:e])), at)
        left += "" if end > at else text[at]
        at = max(end, at + 1)
    return sum(map(str.isalpha, left)) < 4 and len(left) < len(text)


def _repeats(text: str) -> bool:
    """A few characters again and again, such as abcabcabcabc."""
    sizes = range(1, min(6, len(text) // 2) + 1)
    return any((text[:size] * len(text))[: len(text)] == text for size in sizes)


def _is_in_a_row(text: str) -> bool:
    return len(text) >= 4 and any(text in row or text in row[::-1] for row in _ROWS)

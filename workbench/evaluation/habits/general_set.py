"""Forty short questions about everything and nothing, written for this check, with what an answer must say.

They ask what a general model mostly knows: facts, sums, grammar, and doing as told; in four languages.
"""

from dataclasses import dataclass

FACTS, SUMS, GRAMMAR, ORDERS = "facts", "sums", "grammar", "doing as told"


@dataclass(frozen=True)
class Question:
    """One question; its answer is right if the pattern is found in it."""

    number: int
    language: str
    skill: str
    text: str
    right: str
    """A regular expression, found anywhere in the answer, capitals aside."""


_NUMBER_END = r"(?!\d|[.,]\d)"


def _is(number: int) -> str:
    words = _WORDS.get(number)
    return rf"(?<!\d)(?<!\d[.,]){number}{_NUMBER_END}" + (rf"|\b{words}\b" if words else "")


_WORDS = {
    4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 12: "twelve", 15: "fifteen",
    20: "twenty", 24: "twenty-?four", 50: "fifty", 63: "sixty-?three",
}  # fmt: skip

_ROWS = (
    ("en", FACTS, "What is the capital of France?", r"\bparis\b"),
    ("en", FACTS, "Which planet do we live on?", r"\bearth\b"),
    ("en", FACTS, "How many days are there in a week?", _is(7)),
    ("en", FACTS, "What is frozen water called?", r"\bice\b"),
    ("en", FACTS, "Which animal barks?", r"\bdogs?\b"),
    ("en", FACTS, "In which country is the city of Tokyo?", r"\bjapan\b"),
    ("en", FACTS, "What gas do we breathe in to stay alive?", r"\boxygen\b"),
    ("en", FACTS, "Who wrote the play Romeo and Juliet?", r"\bshakespeare\b"),
    ("en", FACTS, "What colour do you get when you mix blue and yellow?", r"\bgreen\b"),
    ("en", FACTS, "How many hours does a day have?", _is(24)),
    ("en", FACTS, "What is the largest ocean on Earth?", r"\bpacific\b"),
    ("en", FACTS, "What do bees make that people eat?", r"\bhoney\b"),
    ("en", SUMS, "What is 2 plus 2?", _is(4)),
    ("en", SUMS, "What is 7 times 9?", _is(63)),
    ("en", SUMS, "What is 100 minus 50?", _is(50)),
    ("en", SUMS, "What is 40 divided by 8?", _is(5)),
    ("en", SUMS, "I have 3 apples and buy 6 more. How many apples do I have?", _is(9)),
    ("en", SUMS, "What number comes after 14?", _is(15)),
    ("en", SUMS, "Which whole number is larger than 11 and smaller than 13?", _is(12)),
    ("en", GRAMMAR, "What is the plural of 'child'?", r"\bchildren\b"),
    ("en", GRAMMAR, "What is the past tense of 'go'?", r"\bwent\b"),
    ("en", GRAMMAR, "What is the opposite of 'hot'?", r"\bcold\b"),
    ("en", GRAMMAR, "Give one word that means the same as 'big'.", r"\b(?:large|huge|great|enormous|giant|massive|grand|vast|sizeable|immense|gigantic)\b"),
    ("en", GRAMMAR, "Fill the gap with one word: She ___ to school every day.", r"\b(?:goes|walks|went|comes|drives|travels|cycles|runs|rides)\b"),
    ("en", GRAMMAR, "Correct this sentence: He have a car.", r"\bhe has\b"),
    ("en", ORDERS, "Answer with the word 'yes' and nothing else.", r"^\W*yes\W*$"),
    ("en", ORDERS, "Name three fruits.", r"(?s)(?:\b(?:apples?|bananas?|oranges?|pears?|grapes?|mango(?:e?s)?|(?:straw|blue|rasp|black)?berr(?:y|ies)|kiwis?|cherr(?:y|ies)|lemons?|peach(?:es)?|plums?|pineapples?|(?:water)?melons?)\b.*){3}"),
    ("en", ORDERS, "Write the word 'stone' in capital letters.", r"(?-i:\bSTONE\b)"),
    ("en", ORDERS, "Count from 1 to 5.", r"(?s)1.*2.*3.*4.*5|one.*two.*three.*four.*five"),
    ("en", ORDERS, "Repeat this word: window", r"\bwindow\b"),
    ("de", FACTS, "Was ist die Hauptstadt von Deutschland?", r"\bberlin\b"),
    ("de", SUMS, "Wie viel ist 3 plus 5?", rf"{_is(8)}|\bacht\b"),
    ("de", GRAMMAR, "Wie heißt die Mehrzahl von 'Haus'?", r"\bh(?:ä|ae)user\b"),
    ("de", ORDERS, "Übersetze ins Englische: Hund", r"\bdogs?\b"),
    ("fr", FACTS, "Quelle est la capitale de l'Italie ?", r"\brome\b"),
    ("fr", SUMS, "Combien font 10 plus 10 ?", rf"{_is(20)}|\bvingt\b"),
    ("fr", GRAMMAR, "Quel est le contraire de « grand » ?", r"\bpetite?s?\b"),
    ("es", FACTS, "¿Cuál es la capital de España?", r"\bmadrid\b"),
    ("es", SUMS, "¿Cuánto es 2 más 4?", rf"{_is(6)}|\bseis\b"),
    ("es", GRAMMAR, "¿Cuál es el plural de 'libro'?", r"\blibros\b"),
)  # fmt: skip
QUESTIONS = tuple(Question(number, *row) for number, row in enumerate(_ROWS, start=1))

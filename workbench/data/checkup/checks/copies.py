"""Which rows are copies in sense: they ask alike, give the same, and differ in nothing that counts."""

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from itertools import zip_longest

from workbench.data.checkup.checks.answers import answers_of, same_answers, similarity
from workbench.data.checkup.rows import Rows, number_texts
from workbench.data.checkup.similarity import patterns
from workbench.data.checkup.similarity.alike import LONG_SHARE, word_lists
from workbench.data.checkup.similarity.boilerplate import Boilerplate
from workbench.data.checkup.similarity.buckets import Ints, choose
from workbench.data.checkup.similarity.minhash import LONG_WORDS
from workbench.data.checkup.similarity.patterns import FILLINGS
from workbench.data.checkup.similarity.tokens import normalize, size_of, word_share
from workbench.data.checkup.similarity.uses import Uses

_RARE = 0.005
"""The share of texts up to which a word tells one thing from another."""
_MOST_READ = 20_000
_SLIP = 0.7
_FEW_WORDS = 4
"""Of so few words another one is much of the sense."""
_ASKING = ({"what", "which"}, {"how", "where"}, {"when"}, {"who", "whom"}, {"why"})
"""Words that ask for different things; those of one line are often used for each other."""
_NOT = frozenset({"not", "never", "nicht", "nie", "pas", "jamais", "nunca", "non", "niet", "nooit"})
_REASON = frozenset({"why", "when", "who", "warum", "wann", "wer", "pourquoi", "quand"})
"""What makes another question of one that can be answered with yes or no."""
_NO = ("nt", "not")
"""What makes "hasnt" of "has" and "cannot" of "can"."""
_BEGINNING = 120
"""So many characters tell that an answer is a sentence used again and again."""


def alike_pairs(rows: Rows, order: Ints) -> Ints:
    """Pairs of rows that ask alike; of categories, those of the same one."""
    return rows.alike.pairs(order, _kinds(rows))


def copies(rows: Rows, pairs: Ints) -> Ints:
    """Those pairs of rows that ask alike which are copies: they give the same answer, and where
    they are not the same to the letter,

    - short texts differ in no number and no letter of a script without spaces, and fill no pattern
      (see `patterns`), and long ones differ not only in numbers as many others do, too, nor in all
      but the sentences that many have;
    - short ones do not ask for different things ("what", "where"), nor does one deny the other;
    - texts with categories do not differ in names of places, persons or products, nor in what else
      is named beside the same word (see `uses`), and those of hardly any words in none but common
      ones;
    - written answers do not differ in the very word that the questions differ in, and are not the
      same sentence that many others are answered with, as "Is … inherited?" is for many illnesses.
    """
    answers = answers_of(rows)
    same = [same_answers(rows, answers, first, second) for first, second in pairs.tolist()]
    pairs = choose(pairs, same)
    words = word_lists(rows.questions(), pairs)
    filled = patterns.of_a_pattern(rows.alike, pairs, _kinds(rows)).tolist()
    sense = _Sense(rows, answers, patterns.slots(rows.alike, _kinds(rows)) if len(pairs) else {})
    fine = [
        sense.is_copy(first, second, words[first], words[second], filled=is_filled)
        for (first, second), is_filled in zip(pairs.tolist(), filled, strict=True)
    ]
    return choose(pairs, fine)


def _kinds(rows: Rows) -> Ints | None:
    if not rows.task.answers_are_categories:
        return None
    return number_texts(rows.answers())


def _odd_words(words: list[str], others: list[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The words that one of two texts has and the other has not, or less often."""
    mine, theirs = Counter(words), Counter(others)
    return frozenset(mine - theirs), frozenset(theirs - mine)


def _differ_in_letters(words: list[str], others: list[str]) -> bool:
    """Whether what differs stands in a script without spaces, where a letter makes another word."""
    odd = {
        word
        for pair in zip_longest(words, others, fillvalue="")
        if pair[0] != pair[1]
        for word in pair
    }
    return any(0 < word_share(word) < 1 for word in odd)


def _is_number(word: str) -> bool:
    return any(map(str.isdigit, word))


def _in_numbers(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether both have a number that the other has not."""
    return any(map(_is_number, mine)) and any(map(_is_number, theirs))


def _ask_for_others(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether both ask, and for different things, as "Where is …?" and "What is …?" do."""
    asked, others = ([n for n, some in enumerate(_ASKING) if some & odd] for odd in (mine, theirs))
    return bool(asked and others) and asked != others


def _deny(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether one side denies what the other one says: "hasnt" and "has", "not" and nothing; or
    asks for more than whether it is so: "why" and nothing."""
    if not theirs:
        return bool(mine & (_NOT | _REASON))
    return any(
        word.endswith(end) and word.removesuffix(end) in theirs for word in mine for end in _NO
    )


class _Sense:
    """Tells whether what two texts differ in changes their sense; their answers are the same."""

    def __init__(self, rows: Rows, answers: list[str], slots: Mapping[str, frozenset[int]]) -> None:
        self._slots = slots
        self._questions, self._answers = rows.questions(), answers
        self._written = not rows.task.answers_are_categories
        self._own_words: dict[int, list[str]] = {}

    def is_copy(
        self, first: int, second: int, words: list[str], others: list[str], *, filled: bool
    ) -> bool:
        """Whether two rows of these words are copies; `filled` if they fill a short pattern."""
        if words == others:
            return True
        short = max(size_of(words), size_of(others)) < LONG_WORDS
        if short and _differ_in_letters(words, others):
            return False
        if not short and set(words) != set(others) and not self._own_parts_are_alike(first, second):
            return False
        mine, theirs = _odd_words(words, others)
        if not mine and not theirs:
            return True
        if short and (_ask_for_others(mine, theirs) or _deny(mine, theirs) or _deny(theirs, mine)):
            return False
        if short and not self._written and not self._is_slip(mine, theirs):
            few = max(len(words), len(others)) <= _FEW_WORDS
            if self._are_values(mine, theirs) or (few and self._say_others(mine, theirs)):
                return False
        if short:
            differ = filled or _in_numbers(mine, theirs) or self._fill_one_gap(mine, theirs)
        elif all(map(_is_number, mine | theirs)):
            differ = self._forms[first] >= FILLINGS
        else:
            differ = _in_numbers(*_odd_words(self._own(first), self._own(second)))
        return not differ and (not self._written or self._are_copies(first, second, mine, theirs))

    def _are_copies(
        self, first: int, second: int, mine: frozenset[str], theirs: frozenset[str]
    ) -> bool:
        """Whether the words in which two questions differ leave the answer as it is."""
        said, others = self._answers[first], self._answers[second]
        if not said and not others:
            return True
        if said != others:
            one, other = (set(text.split(" ")) for text in normalize([said, others]).to_pylist())
            if mine & (one - other) or theirs & (other - one):
                return False
        often = max(self._times[said[:_BEGINNING]], self._times[others[:_BEGINNING]])
        return often < FILLINGS or not (self._is_rare(mine) and self._is_rare(theirs))

    def _is_rare(self, words: frozenset[str]) -> bool:
        texts, counts = self._spread
        return any(counts[word] <= max(2, _RARE * texts) for word in words)

    def _fill_one_gap(self, mine: frozenset[str], theirs: frozenset[str]) -> bool:
        """Whether a word on each side fills the gap of a pattern, here or elsewhere."""
        nowhere: frozenset[int] = frozenset()
        return any(
            self._slots.get(a, nowhere) & self._slots.get(b, nowhere) for a in mine for b in theirs
        )

    def _is_slip(self, mine: frozenset[str], theirs: frozenset[str]) -> bool:
        """Whether one side is the other one misspelled or inflected: the letters are alike, and the
        words do not both stand in many texts, beginning differently."""
        one, other = (" ".join(sorted(words)) for words in (mine, theirs))
        if similarity(one, other) < _SLIP:
            return False
        frequent = self._uses.is_frequent
        return one[:1] == other[:1] or not (frequent(one) and frequent(other))

    def _are_values(self, mine: frozenset[str], theirs: frozenset[str]) -> bool:
        """Whether both name something else: a place, a person, a product, or what else stands
        beside the same word (see `uses`)."""
        uses = self._uses
        named = any(map(uses.is_name, mine)) and any(map(uses.is_name, theirs))
        return named or any(uses.are_values(a, b) for a in mine for b in theirs)

    def _say_others(self, mine: frozenset[str], theirs: frozenset[str]) -> bool:
        """Whether both have words that the other has not, and one of these stands in few texts."""
        return bool(mine and theirs) and not all(map(self._uses.is_common, mine | theirs))

    @cached_property
    def _uses(self) -> Uses:
        return Uses(self._questions, self._answers)

    def _own_parts_are_alike(self, first: int, second: int) -> bool:
        """Whether two long texts are alike without the sentences that many have, too."""
        from rapidfuzz.distance import Indel

        words, others = self._own(first), self._own(second)
        most = max(2, round((1 - LONG_SHARE) * (len(words) + len(others))))  # 2: another word
        return Indel.distance(words, others, score_cutoff=most) <= most

    def _own(self, row: int) -> list[str]:
        if row not in self._own_words:
            self._own_words[row] = self._boilerplate.own_words(self._questions[row])
        return self._own_words[row]

    @cached_property
    def _boilerplate(self) -> Boilerplate:
        return Boilerplate(self._questions)

    @cached_property
    def _forms(self) -> Ints:
        return patterns.forms(self._questions)

    @cached_property
    def _times(self) -> Counter[str]:
        """How many answers begin like that."""
        return Counter(answer[:_BEGINNING] for answer in self._answers)

    @cached_property
    def _spread(self) -> tuple[int, Counter[str]]:
        """Of how many texts the words were counted, and in how many of them each stands."""
        texts = self._questions[:_MOST_READ]
        counts = Counter[str]()
        for text in normalize(texts).to_pylist():
            counts.update(set(text.split(" ")))
        return len(texts), counts

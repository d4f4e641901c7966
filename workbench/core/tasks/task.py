"""What a model can be taught, with all that differs from one task to another."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.core.chats.calls import INTRO as TOOLS_INTRO
from workbench.core.chats.seen import Seen
from workbench.core.feedback import ROLE as FEEDBACK

Row = Mapping[str, Any]
"""One example: role → text; the conversation in `messages` as JSON or as a list of turns."""
Message = dict[str, Any]
"""One turn of a conversation: its role and its content; `learn` is False for an answer that is read
but not learned."""
Cleaner = Callable[[str], str]
"""Brings a cell into the form that is kept; raises `canonical.Unreadable` where it cannot."""
Joiner = Callable[[Mapping[str, str | None], Seen], Mapping[str, str]]
"""Brings the cells of several roles into their form together; raises as a cleaner does."""
ColumnReader = Callable[[Sequence[str | None]], tuple[Cleaner, list[str]]]
"""Makes the cleaner of a column's cells, and what is to be told of how they are read."""
Teller = Callable[[str, Seen], str]
"""A cleaner that notes what is to be told of what it reads."""


def as_it_is(text: str, labels: Sequence[str]) -> str:
    """What comes in, without any instruction around it."""
    return text


def same_text(expected: str, answer: str) -> bool:
    """Equal but for blanks and line ends."""
    return expected.split() == answer.split()


def text_at(row: Row, role: str) -> str | None:
    """The text of a role; None where the row does not have it."""
    value = row.get(role)
    return None if value is None else str(value)


def with_system(messages: list[Message], instruction: str) -> list[Message]:
    """The conversation with an instruction before it; one of its own wins, unless it does nothing
    but name the tools."""
    if not instruction:
        return messages
    if messages[0]["role"] == "system":
        own = messages[0]["content"]
        if not own.startswith(TOOLS_INTRO):
            return messages
        return [{"role": "system", "content": f"{instruction}\n\n{own}"}, *messages[1:]]
    return [{"role": "system", "content": instruction}, *messages]


@dataclass(frozen=True, eq=False)
class Task:
    """One thing a model can be taught."""

    name: str
    """The field's name, as on the command line."""
    title: str
    """The analyst's words."""
    explanation: str
    required: tuple[str, ...]
    """Roles that must have a column: what comes in, then what is to be given."""
    optional: tuple[str, ...]
    learned: str
    """The role whose text is what the model learns to write."""
    role_titles: Mapping[str, str]
    """What the required roles are called where their columns are chosen."""
    metric: str
    """The score that it is judged by, by its name in `core.metrics`."""
    scores: tuple[str, ...]
    """All scores of its answers, by name; the loss of a model that writes comes on top."""

    question: Callable[[Row], str]
    """What comes in, as a person reads it."""
    answer: Callable[[Row], str | None]
    """What is wanted; None if the row does not say."""
    record: Callable[[Row, str], dict[str, Any]]
    """The row with an instruction ("" for none) as training tools expect it."""
    is_right: Callable[[str, str], bool] | None = same_text
    """Whether an answer (the second) is the wanted one; None where none is right or wrong."""
    worded: Callable[[str, Sequence[str]], str] = as_it_is
    """A question as a model is asked it, with the categories as far as there are any."""
    turns: Callable[[Row], list[Message]] | None = None
    """The turns of a row that is a conversation; None where it is a question and its answer."""
    opening: Callable[[Row], list[Message]] | None = None
    """The turns of a question that may be several; None where it is one text."""

    cleaners: Mapping[str, Cleaner] = field(default_factory=dict)
    """For the roles that have a form of their own, what brings a cell into it."""
    question_cleaners: Mapping[str, Cleaner] = field(default_factory=dict)
    """The same for rows that have no answer yet."""
    tellers: Mapping[str, Teller] = field(default_factory=dict)
    """For some of the roles of `cleaners`, what also notes what is to be told."""
    joiner: Joiner | None = None
    """For roles that can only be read together; None where each cell stands for itself."""
    column_readers: Mapping[str, ColumnReader] = field(default_factory=dict)
    """For some of them, what makes a cleaner of a whole column, whose cells explain each other."""

    answers_are_categories: bool = False
    """Whether an answer is one of a few names."""
    answers_are_sets: bool = False
    """Whether an answer is any number of them (`category_sets`)."""
    answers_are_numbers: bool = False
    """Whether an answer is a number, and how far off it is counts (`number_answers`)."""
    answers_are_json: bool = False
    """Whether an answer is a JSON object of fields."""
    answers_are_free_text: bool = False
    """Whether an answer may be worded in many ways, and is scored by its likeness."""
    can_lean_on_examples: bool = False
    """Whether an example that is like it may stand before a question, so that its answer leans on it."""
    rejected: str = ""
    """The role of a worse answer, which is learned to be avoided; empty where there is none."""
    rows_are_documents: bool = False
    """Whether a row is one long text that is learned as a whole, to be gone on with."""
    asks_about_texts: bool = False
    """Whether a question may come with a long text that it is about."""
    shortens: bool = False
    """Whether an answer says in short what a text says."""
    max_new_tokens: int = 128
    """How long an answer may be in the exam, as the presets have it."""

    told_first: str = "Answer briefly and politely, in the tone of the examples."
    """What a model that was never trained is told to do, where the user has not said it otherwise."""
    exam_noun: str = "question"
    """What a row of the exam is called in a sentence."""
    question_title: str = "Question"
    """What stands over what came in, and (next) over what was wanted."""
    answer_title: str = "Your answer"

    @property
    def question_role(self) -> str:
        """The role that holds what comes in."""
        return self.required[0]

    @property
    def answer_role(self) -> str:
        """The role that holds what is to be given; empty where there is none of its own."""
        return self.required[1] if len(self.required) > 1 else ""

    @property
    def _answer_roles(self) -> tuple[str, ...]:
        return self.answer_role, self.rejected

    @property
    def asks_in_writing(self) -> bool:
        """Whether what a model writes to its questions is held against an answer that is wanted."""
        return not (self.rows_are_documents or self.compares)

    @property
    def compares(self) -> bool:
        """Whether a row has two answers, of which the better one is to be found likelier."""
        return bool(self.rejected)

    @property
    def rows_are_conversations(self) -> bool:
        """Whether a row is a conversation, questions and answers in turn."""
        return self.turns is not None

    @property
    def has_one_right_answer(self) -> bool:
        """Whether of two answers to the same question one is wrong."""
        return self.has_categories or self.answers_are_json

    @property
    def has_categories(self) -> bool:
        """Whether its answers are made of a few names: one of them, or any number."""
        return self.answers_are_categories or self.answers_are_sets

    @property
    def is_read_off(self) -> bool:
        """Whether a model that only reads can answer: by a category, or by a number."""
        return self.has_categories or self.answers_are_numbers

    def is_json(self, role: str) -> bool:
        """Whether the text of a role is JSON, and has to stay so."""
        has_json = self.answers_are_json or self.rows_are_conversations
        return has_json and role == self.learned

    def messages(self, row: Row, *, system: str = "", labels: Sequence[str] = ()) -> list[Message]:
        """The row as a conversation; assistant turns are what is learned.

        Args:
            row: without its answer the conversation ends with the question.
            system: instruction for all rows; a `system` value of the row wins.
            labels: the categories, for a model that writes them.

        Raises:
            WorkbenchError: the conversation in `messages` cannot be read.
        """
        own = row.get("system")
        instruction = (own.strip() if isinstance(own, str) else "") or system
        return with_system(self.turns(row) if self.turns else self._asked(row, labels), instruction)

    def _asked(self, row: Row, labels: Sequence[str]) -> list[Message]:
        if self.opening:
            messages = self.opening(row)
        else:
            messages = [{"role": "user", "content": self.worded(self.question(row), labels)}]
        answer = self.answer(row)
        if answer is not None:
            messages.append({"role": "assistant", "content": answer})
        return messages

    def question_roles(self, roles: Mapping[str, str]) -> dict[str, str]:
        """Those of the roles that are known before there is an answer.

        Of answers that hold their question it is in a column of its role's name, where they are not.
        """
        later = (*self._answer_roles, FEEDBACK)
        found = {role: source for role, source in roles.items() if role not in later}
        held = self.compares and roles.get(self.question_role) == roles.get(self.learned)
        return {**found, self.question_role: self.question_role} if held else found

    def kept_roles(self, roles: Mapping[str, str]) -> list[str]:
        """Those of the roles whose texts are kept; feedback only says which rows are."""
        return [role for role in roles if role != FEEDBACK]

    def asking(self) -> "Task":
        """The task as far as it is known before there is an answer."""
        required = tuple(role for role in self.required if role not in self._answer_roles)
        return dataclasses.replace(self, required=required)

"""Errors that a user can meet: one plain sentence with a next step."""


class WorkbenchError(Exception):
    """What happened, where, and what to do next, in the user's words."""


class BadRow(WorkbenchError):
    """A row of the user's table that cannot be used."""

    def __init__(self, line: int, why: str, fix: str) -> None:
        super().__init__(f"Row {line}: {why}. To go on, {fix}.")
        self.line = line


class NotEnoughMemory(WorkbenchError):
    """The settings need more memory than there is; it was found out before memory ran out."""

    def __init__(self, sentence: str, needed_mb: float, there_mb: float) -> None:
        super().__init__(sentence)
        self.needed_mb, self.there_mb = needed_mb, there_mb

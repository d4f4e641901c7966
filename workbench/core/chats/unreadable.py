"""Why a cell cannot be used."""


class Unreadable(ValueError):
    """Why a cell cannot be used, to stand behind "12 rows: …"."""

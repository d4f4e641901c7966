"""Errors of the storage layer that a user can meet."""


class StorageError(Exception):
    """One plain sentence: what happened, where, and what to do next."""

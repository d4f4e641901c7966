"""Folders that are watched, and what became of the files in them."""

"""Answers that are fields: kept to their form while they are written, and always whole."""

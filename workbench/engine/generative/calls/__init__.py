"""Calls of tools, held to their form while an answer is written."""

"""Texts that are longer than a model reads at once: what is done with them, and how it is said."""

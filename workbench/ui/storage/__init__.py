"""Pieces of the Storage page."""

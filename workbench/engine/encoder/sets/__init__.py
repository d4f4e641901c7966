"""Encoders that find every category of a text."""

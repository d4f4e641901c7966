"""Encoders that estimate a number."""

"""Trying an instruction before any training."""

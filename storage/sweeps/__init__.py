"""Sweeps: which training was tried with which settings."""

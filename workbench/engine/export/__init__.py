"""Trained models written in forms of other programs, and read back by these."""

"""Trained models for other programs: the forms they take, and what is certified of each."""

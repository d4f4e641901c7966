"""Trained models taken elsewhere: made, listed, thrown away, pushed."""

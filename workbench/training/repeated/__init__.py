"""Trainings done again: exactly, or with other random seeds."""

"""Sweeps: several trainings with other settings within a time, compared, the best one kept."""

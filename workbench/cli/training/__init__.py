"""Commands that train several times, and look at trainings together."""

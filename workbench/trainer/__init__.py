"""What runs in a job's own process: the only place, with serving, that imports torch."""

"""Several settings tried, and trainings beside each other."""

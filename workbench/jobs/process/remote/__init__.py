"""A job on another machine: its files go there and come back through a store that both reach."""

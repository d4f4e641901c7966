"""The web process as a server: one of several, watched over."""

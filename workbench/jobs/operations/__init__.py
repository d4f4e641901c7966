"""How an installation is doing, for whoever runs it: health, figures for Prometheus, the log."""

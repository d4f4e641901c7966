"""The SLM Workbench: teach a small language model your domain, on your own machine."""

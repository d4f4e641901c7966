"""Shared pieces of the pages."""

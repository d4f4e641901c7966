"""Answers in workbooks of Excel: packages of Open XML."""

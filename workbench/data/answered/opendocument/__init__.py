"""Answers in spreadsheets of OpenDocument, as LibreOffice writes them."""

"""The audit log: what people with an account did; where nobody has one, nothing is written.

A store that acts for somebody writes one line a transaction by itself (`watching`). What changes no
row, or is done before anybody is known, is said with `record`.
"""

from storage.audit.lines import record

__all__ = ["record"]

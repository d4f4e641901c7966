"""Two answers to the same question, of which the better one is to become likelier (DPO, ORPO)."""

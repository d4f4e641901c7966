"""The report for a manager and the model card: what they say, and the forms that they take."""

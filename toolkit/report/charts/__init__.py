"""Charts of the report, and what each shows."""

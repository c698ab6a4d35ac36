"""Column typing by rules: what each column is, and why, from training rows only."""

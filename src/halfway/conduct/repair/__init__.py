"""What would make a plan hold: declared changes, transfers, and what is missing where none does."""

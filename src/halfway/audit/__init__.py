"""A linter for plans."""

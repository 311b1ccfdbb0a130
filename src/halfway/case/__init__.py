"""The nouns of a dispute, declared once."""

"""Talks: alternating offers among the signatories, by published strategies."""

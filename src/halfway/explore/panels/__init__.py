"""Panels: what experts answer on their own figures, who is on which side, and what divides them."""

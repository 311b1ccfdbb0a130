"""The graph model of a case, as arrays."""

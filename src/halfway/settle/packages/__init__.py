"""Packages counted and compared: acceptable ones, the frontier, what stands in the way of any."""

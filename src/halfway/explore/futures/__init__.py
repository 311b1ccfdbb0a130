"""Futures: points of a case's uncertainties, spread evenly, each estimate with a dimension of its own."""

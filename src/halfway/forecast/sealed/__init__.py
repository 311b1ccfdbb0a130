"""Sealed forecasts: dated records that cannot be changed unnoticed, and how they are graded."""

"""Halfway's own forecast: a calibrated distribution over the points on which talks might land."""

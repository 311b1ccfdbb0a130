"""Halfway tests a diplomatic plan before anyone tables it."""

"""Scenario discovery: in which of the futures a plan fails, in boxes that can be read."""

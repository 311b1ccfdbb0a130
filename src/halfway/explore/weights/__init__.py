"""Under which weights a plan is best: exact regions, bounds under ranked weights, exact probabilities."""

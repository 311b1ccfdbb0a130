"""The game of a plan: states, points and the solver, as analyses of conduct take it."""

"""Plans as numbers: rules, the automaton, the kept path, the long run."""

"""Would anyone walk away? The graph model for conflict resolution, on the packages of a case."""

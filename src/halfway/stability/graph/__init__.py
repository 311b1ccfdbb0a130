"""The graph of states: moves, paths, and pictures of it for other programs."""

"""The bargaining solutions: from an exact frontier, from integer programs, and how far a weight may move."""

"""Every combination of published strategies for some actors, over a plan or over open-ended repetition."""

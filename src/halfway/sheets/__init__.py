"""Role sheets: to each what is theirs."""

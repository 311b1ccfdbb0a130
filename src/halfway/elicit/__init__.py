"""What an actor wants, asked in twenty minutes: answers → a polytope of weights."""

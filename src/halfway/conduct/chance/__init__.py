"""From how much an actor is tempted to a chance, a rank among coded actors, or the reason why neither is given."""

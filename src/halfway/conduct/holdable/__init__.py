"""Which packages could hold at all, whatever the plan."""

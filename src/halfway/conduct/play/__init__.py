"""Play: many futures of a plan, exactly where possible and otherwise by simulation."""

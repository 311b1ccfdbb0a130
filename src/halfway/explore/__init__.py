"""What the answer hangs on: draws, comparisons, sensitivities."""

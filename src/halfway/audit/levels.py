"""From where the figures on commitment count; rules name them among their thresholds."""

RAISED = 0.05
"""A departure is answered where it raises the chance of a trigger by more than this."""

CAUGHT = 0.5
"""And is as good as caught from here on."""

WORTH = 0.5
"""Gains of fewer points a period are not spoken of."""

LET_OFF = 0.1
"""A penalty that ends with this chance a period, whatever goes on, ends within a year more often than not."""

BITE = 1.0
"""A stick that costs its target fewer points (of the discounted average) hardly bites."""

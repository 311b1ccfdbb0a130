"""Does a plan hold, period after period: best responses, threats, play."""

"""Would it hold: enforcement, renegotiation, calendars, credibility."""

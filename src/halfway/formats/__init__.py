"""Peers' file formats: one module each, with a reader, a writer and a report of what was lost."""

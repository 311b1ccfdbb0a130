"""The sections of a brief, one module each."""

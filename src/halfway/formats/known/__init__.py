"""One module a format, named as the format is; each holds its record as ``FORMAT``."""

"""Files of other programs, one format a module: what can be read and written, and what is lost on the way."""

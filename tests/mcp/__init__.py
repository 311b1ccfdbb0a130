"""The server for an AI assistant, as its client meets it."""

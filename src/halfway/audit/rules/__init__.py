"""The rules of the audit, a file a family."""

"""From critic to designer: packages that the parties could sign, and a plan that gets there."""

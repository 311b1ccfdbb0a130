"""Packages: blocks of issues, best packages, concession levels."""

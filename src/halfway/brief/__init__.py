"""Typed page contents → one self-contained HTML file."""

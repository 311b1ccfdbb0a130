"""Peers' file formats: each is one record in one file of `known`, found there by itself."""

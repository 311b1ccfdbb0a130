"""The archive as a folder: its links, feeds, metadata and search."""

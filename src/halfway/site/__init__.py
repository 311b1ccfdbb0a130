"""The archive: cases and the front pages of their briefs as a folder of static pages."""

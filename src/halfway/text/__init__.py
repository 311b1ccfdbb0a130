"""The single negotiating text: drafts, brackets, remarks, and drafts beside drafts."""

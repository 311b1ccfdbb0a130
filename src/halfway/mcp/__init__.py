"""The face for an AI assistant: verbs as tools over the Model Context Protocol, inside one folder."""

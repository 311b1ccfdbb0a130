"""The web app: pages for people, over what `import halfway` answers."""

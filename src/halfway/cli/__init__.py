"""The command line: thin, one module a verb, loaded when the verb is called."""

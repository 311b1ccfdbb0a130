"""Reading what others wrote: text in any encoding, numbers, JSON and tables, each within bounds and each with its place."""

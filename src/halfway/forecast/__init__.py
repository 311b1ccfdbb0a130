"""Where would talks land without a plan, and how sure is that."""

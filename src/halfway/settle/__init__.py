"""What could be agreed."""

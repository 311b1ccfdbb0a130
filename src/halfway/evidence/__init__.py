"""What is known from outside: base rates of agreements and promises, the fitted link, and how predictions are scored."""

"""How good forecasts were, on real outcomes."""

"""The published forecasting models, a file each."""

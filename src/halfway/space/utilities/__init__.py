"""What actors want, as numbers: points, linkages, walk-aways, draws."""

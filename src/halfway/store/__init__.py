"""Results at rest: a folder a run, Parquet parts that are whole or absent, and nothing that locks anyone out."""

"""What it takes to install Halfway, and whether what was installed works."""

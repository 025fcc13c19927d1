"""What stays: the landing, the vault, the warehouse, the published archive."""

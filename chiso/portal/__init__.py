"""Results as the national portal published them, by capture."""

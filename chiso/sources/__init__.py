"""Where figures come from, one module a system."""

"""Processing runs: starting, following, failing and finishing them."""

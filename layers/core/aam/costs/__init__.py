"""What the vendors' work costs: prices, estimates, the ledger and its reports."""

"""Costs of vendors' work: prices, estimates, the ledger and its reports."""

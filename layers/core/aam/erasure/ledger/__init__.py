"""Ledger of erasures: its entries, and merging two copies of it."""

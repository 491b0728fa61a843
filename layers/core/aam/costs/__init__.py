"""What work costs: prices, estimates before, the actual sum after, and budgets."""

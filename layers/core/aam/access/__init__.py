"""Who has read what, and handing out what is kept of somebody."""

"""Record of which user has read which meeting."""

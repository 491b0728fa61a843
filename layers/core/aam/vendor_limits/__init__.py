"""The services that are paid per request: how many requests at once, how far apart, and never the same one twice."""

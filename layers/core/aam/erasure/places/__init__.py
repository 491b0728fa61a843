"""Places outside the rows of meetings where a name or an id may remain: find it there and erase it."""

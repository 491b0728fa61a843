"""Words of English, Russian and Ukrainian: tokens, closed word lists, numbers, calendars and inflected names."""

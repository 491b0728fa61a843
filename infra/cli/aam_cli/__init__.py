"""The admin command line, `aam`: one file a verb."""

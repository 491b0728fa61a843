"""The one history of the database: roles, migrations, and the use cases that run them."""

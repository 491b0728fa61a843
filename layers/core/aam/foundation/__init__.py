"""Foundation of every context: settings, database, storage, queues, clock, errors, observability."""

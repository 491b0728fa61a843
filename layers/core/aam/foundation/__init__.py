"""What every context stands on: settings, database, storage, queues, clock, errors, observability."""

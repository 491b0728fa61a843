"""The bucket: layout of its keys, its versions, whose it is, its backups and restores; and the maintenance log."""

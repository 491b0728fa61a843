"""Free space of the disks on which an embedded stack keeps its data."""

import shutil
from pathlib import Path

from aam_local.paths import Home
from aam_local.state import load_state


def free_bytes(home: Home) -> dict[str, int]:
    """Return free bytes by the data on the disk: the objects, the database, or both; none for a stack elsewhere."""
    from aam_local import postgres_place

    if load_state(home).backend != "embedded" or not home.emulator.exists():
        return {}
    objects, database = home.emulator, postgres_place.place(home).data
    if not database.exists():
        return {}
    if device(objects) == device(database):
        return {"objects and database": shutil.disk_usage(objects).free}
    return {"objects": shutil.disk_usage(objects).free, "database": shutil.disk_usage(database).free}


def device(folder: Path) -> int:
    """Return the number of the device that holds a folder."""
    return folder.stat().st_dev

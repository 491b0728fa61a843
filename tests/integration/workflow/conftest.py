"""A budget with its runs, and runs with what they leave in the store."""

from tests.support.run_fixtures import desk, scene, store

__all__ = ["desk", "scene", "store"]

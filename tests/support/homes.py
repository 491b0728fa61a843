"""State folders of stacks that tests start beside the usual one."""

from __future__ import annotations

from pathlib import Path

from aam_local.paths import Home


class SharingHome(Home):
    """Another stack's state folder in this checkout; tools and all that is built are those of the usual one."""

    @property
    def usual(self) -> Home:
        """Return the folders of `aam up`."""
        return Home(self.root, self.root / ".aam")

    @property
    def envs(self) -> Path:
        """Return the tools."""
        return self.usual.envs

    @property
    def cache(self) -> Path:
        """Return layers and zips, whose paths the built template holds."""
        return self.usual.cache

    @property
    def models(self) -> Path:
        """Return the speech models."""
        return self.usual.models

    @property
    def build(self) -> Path:
        """Return what `aam up` builds."""
        return self.usual.build

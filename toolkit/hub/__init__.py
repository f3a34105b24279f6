"""The Hub: publishing a release, and checking what arrived."""

from toolkit.hub.publish import Published, publish

__all__ = ["Published", "publish"]

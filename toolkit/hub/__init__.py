"""The Hub: publishing a release, checking what arrived, and bringing a published one here."""

from toolkit.hub.directory import publish_to
from toolkit.hub.fetch import fetch
from toolkit.hub.publish import Published, publish

__all__ = ["Published", "fetch", "publish", "publish_to"]

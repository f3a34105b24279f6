"""The Hub: publishing a release or a model, checking what arrived, and bringing a published one here."""

from toolkit.hub.directory import publish_to
from toolkit.hub.fetch import fetch
from toolkit.hub.model import fetch_model, publish_model
from toolkit.hub.publish import Published, publish

__all__ = ["Published", "fetch", "fetch_model", "publish", "publish_model", "publish_to"]

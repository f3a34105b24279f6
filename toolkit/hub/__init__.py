"""The Hub: releases and models published, checked after they arrived, and fetched."""

from toolkit.hub.model_repo import fetch_model, publish_model
from toolkit.hub.repository import fetch
from toolkit.hub.stage import Published, publish, publish_to

__all__ = ["Published", "fetch", "fetch_model", "publish", "publish_model", "publish_to"]

"""The link with Label Studio: the only package that knows its API, its JSON and its server.

Names are imported when they are first used, so that a command that needs none of them starts at once. They stand in
`__init__.pyi`, where a type checker finds them too.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

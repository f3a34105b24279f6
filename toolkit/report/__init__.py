"""The report of a project: numbers, one HTML page, where it stands, and what may be in its way.

Names are imported when they are first used, so that the status of a project loads no plots. They stand in
`__init__.pyi`, where a type checker finds them too.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

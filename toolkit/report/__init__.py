"""The report of a project as numbers and as one HTML page, its status, and a check-up of this machine.

Names are imported when they are first used, so that the status of a project loads no plots. They stand in
`__init__.pyi`, where a type checker finds them too.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

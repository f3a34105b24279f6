"""From raw news pages to a versioned Hugging Face dataset, with people's judgement in between.

`Project` is the front door: its methods are the verbs of the command line. `load_release` and `load_model` open what
was made; `diff` compares two releases. The names stand in `__init__.pyi` and are imported when they are first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

from .api.facade import Project as Project
from .api.references import diff as diff
from .api.references import load_model as load_model
from .api.references import load_release as load_release
from .version import __version__ as __version__

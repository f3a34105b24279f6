"""The ledger of a story: who says what, who counts how many, and how that moved.

Pure but for `stage`: statements in, ledgers out. Counts are merged by named rules and never added up.
"""

from toolkit.ledger.statement import Place, Statement
from toolkit.ledger.story_ledger import Ledger, ledgers

__all__ = ["Ledger", "Place", "Statement", "ledgers"]

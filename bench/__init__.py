"""Speed at equal error: our engine beside a peer on one stiff model.

Run from the repository's root: `python -m bench.run`; there the package need not be installed.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec("nonself") is None:
    sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

"""The core: ten states in which tolerance is kept, lost by chance, by depletion and by leukemia."""

from __future__ import annotations

from nonself.catalog.core.depletion import DEPLETION
from nonself.catalog.core.homeostasis import HOMEOSTASIS
from nonself.catalog.core.leukemia import LEUKEMIA
from nonself.catalog.core.tissue import TISSUE
from nonself.catalog.core.tolerance import TOLERANCE

CORE = (HOMEOSTASIS, TOLERANCE, TISSUE, LEUKEMIA, DEPLETION)

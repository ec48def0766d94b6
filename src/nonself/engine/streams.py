"""Counter-based random numbers: every draw is a function of the seed, its purpose and the patient, never of
order.

Philox4x32-10, key = first 64 bits of sha256(study seed, purpose), counter = (64-bit digest of the patient's
id, draw number, replicate). Arm and twin are absent from both, so that arms and twins share every draw.

**Reference:** Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. SC11.
doi:10.1145/2063384.2063405.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Words = NDArray[np.uint32]

_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


def philox(counter: Words, key: tuple[int, int]) -> Words:
    """Return the ten-round Philox4x32 words of many counters under one key.

    **Arguments:** `counter` (4, n) 32-bit words; `key` two 32-bit words.
    **Returns:** (4, n) 32-bit words.

    **Example:** `philox(np.zeros((4, 1), np.uint32), (0, 0))[0, 0]` gives `0x6627e8d5`.
    """
    first, second, third, fourth = (counter[row].astype(np.uint64) for row in range(4))
    left, right = key
    for _ in range(_ROUNDS):
        product = _MULTIPLIERS[0] * first
        other = _MULTIPLIERS[1] * third
        first = (other >> _SHIFT) ^ second ^ np.uint64(left)
        third = (product >> _SHIFT) ^ fourth ^ np.uint64(right)
        second, fourth = other & _LOW, product & _LOW
        left, right = (left + _WEYL[0]) & 0xFFFFFFFF, (right + _WEYL[1]) & 0xFFFFFFFF
    return np.stack([first, second, third, fourth]).astype(np.uint32)


def stream_key(seed: int, purpose: str) -> tuple[int, int]:
    """Return the Philox key of a purpose: the first 64 bits of sha256 over the seed and the purpose's name.

    **Example:** `stream_key(1, "cohort virtual: TKI")`
    """
    digest = hashlib.sha256(json.dumps([seed, purpose]).encode()).digest()
    return int.from_bytes(digest[0:4], "little"), int.from_bytes(digest[4:8], "little")


def stream_number(seed: int, purpose: str) -> int:
    """Return the two words of a purpose's Philox key as one number of 64 bits.

    **Example:** `stream_number(1, "events")`
    """
    left, right = stream_key(seed, purpose)
    return left | right << 32


def digests(patients: Sequence[str]) -> NDArray[np.uint64]:
    """Return (n,) 64-bit digests of patients' ids: what a draw is keyed by instead of a row number."""
    joined = b"".join(hashlib.sha256(patient.encode()).digest()[:8] for patient in patients)
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64)


def uniforms(
    seed: int, purpose: str, patients: Sequence[str], *, draw: int | range | Words = 0, replicate: int = 0
) -> Array:
    """Return (n,) uniform numbers in the open interval (0, 1), one a patient, with 53 random bits.

    **Arguments:** `seed` of the study; `purpose` names what the numbers are for; `patients` ids; `draw` and
    `replicate` count further numbers for the same purpose, replicate 0 being the shared world; a range of draws, or
    some by their numbers (n_draws,), gives (n_draws, n).

    **Example:** `uniforms(1, "cohort virtual: TKI", ["v00001", "v00002"])`
    """
    identity = digests(patients)
    draws = range(draw, draw + 1) if isinstance(draw, int) else draw
    counter = np.empty((4, len(draws), identity.size), dtype=np.uint32)
    counter[0] = identity & _LOW
    counter[1] = identity >> _SHIFT
    counter[2] = np.array(draws, dtype=np.uint32)[:, None]
    counter[3] = replicate
    words = philox(counter.reshape(4, -1), stream_key(seed, purpose)).astype(np.uint64)
    whole = ((words[1] << _SHIFT) | words[0]) >> np.uint64(11)
    numbers = np.maximum(whole.astype(np.float64), 0.5) * 2.0**-53
    return np.asarray(numbers if isinstance(draw, int) else numbers.reshape(len(draws), -1))


def normals(
    seed: int, purpose: str, patients: Sequence[str], *, draw: int | range | Words = 0, replicate: int = 0
) -> Array:
    """Return (n,) standard normal numbers, one a patient: the normal quantile of `uniforms`.

    **Arguments:** as for `uniforms`.

    **Example:** `normals(1, "cohort virtual: TKI", ["v00001"])`
    """
    from scipy.special import ndtri

    return np.asarray(ndtri(uniforms(seed, purpose, patients, draw=draw, replicate=replicate)))

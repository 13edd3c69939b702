"""Keep the memory that a step has freed for the next step."""

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Numbers of two settings in glibc's malloc.h."""


def keep_freed_memory() -> bool:
    """Tell the C library to hand out freed memory again instead of giving it back; whether it could be told.

    Every step asks for tensors of the same sizes. By default, glibc gives large ones back to the system, which
    clears each page before it gives it out anew: on a CPU that took a fifth of a training step. It concerns the whole
    process, which then keeps the most memory that it has ever needed. Only Linux with glibc has these settings.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    largest = 2**31 - 1
    return bool(mallopt(M_MMAP_THRESHOLD, 2**30) and mallopt(M_TRIM_THRESHOLD, largest))

"""The key/value cache: what attention keeps of a text, so that a new token costs one row and not the whole text again.

Pope et al. 2022 (arXiv 2211.05102), section 3.3, count its memory and its traffic.
"""

import torch
from torch import Tensor


class KVCache:
    """The keys and values of one attention layer, one row for each token, with their positions.

    length  tokens seen so far: the position of the next one
    reach   how many rows back a later token can see; older rows are forgotten (default: all are kept)

    The rows lie in a buffer that doubles when it is full, so that a new row is not paid for with a copy of all
    earlier ones. They carry no gradient; the rows of the newest tokens do, for those tokens.
    """

    def __init__(self, reach: int | None = None):
        self.reach = reach
        self.length = 0
        self._first = 0  # where the oldest row lies in the buffers
        self._last = 0  # one past the newest
        self._keys: Tensor | None = None
        self._values: Tensor | None = None

    @property
    def num_rows(self) -> int:
        """Rows that are kept."""
        return self._last - self._first

    def extend(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Add the rows of new tokens; returns all rows that these tokens can see.

        key and value (batch, groups, new, size) -> keys and values (batch, groups, rows, size), positions (rows,).
        Raises ValueError when the rows do not fit those that are cached.
        """
        new = key.shape[2]
        self._forget_out_of_reach()
        self._make_room(key, new)
        self._keys[:, :, self._last : self._last + new] = key.detach()
        self._values[:, :, self._last : self._last + new] = value.detach()
        self._last += new
        self.length += new
        rows = slice(self._first, self._last)
        positions = torch.arange(self.length - self.num_rows, self.length, device=key.device)
        keys, values = self._keys[:, :, rows], self._values[:, :, rows]
        if key.requires_grad or value.requires_grad:
            keys, values = torch.cat([keys[:, :, :-new], key], dim=2), torch.cat([values[:, :, :-new], value], dim=2)
        return keys, values, positions

    def _forget_out_of_reach(self) -> None:
        """Drop the rows that lie before everything the next token can see."""
        if self.reach is not None:
            self._first = max(self._first, self._last - (self.reach - 1))

    def _make_room(self, like: Tensor, new: int) -> None:
        """Buffers with room for `new` rows behind the kept ones."""
        batch, groups, _, size = like.shape
        if self._keys is not None:
            cached = self._keys.shape
            if (cached[0], cached[1], cached[3]) != (batch, groups, size):
                raise ValueError(
                    f"the cache holds rows of (batch, groups, size) = {(cached[0], cached[1], cached[3])} and the new "
                    f"ones have {(batch, groups, size)}; a cache serves one model and one batch: begin a new one"
                )
            if self._last + new <= cached[2]:
                return
        kept = slice(self._first, self._last)
        capacity = max(64, 2 * (self.num_rows + new))
        buffers = [like.new_empty(batch, groups, capacity, size) for _ in range(2)]
        if self._keys is not None:
            buffers[0][:, :, : self.num_rows] = self._keys[:, :, kept]
            buffers[1][:, :, : self.num_rows] = self._values[:, :, kept]
        self._first, self._last = 0, self.num_rows
        self._keys, self._values = buffers

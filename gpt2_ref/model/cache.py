"""The key/value cache: what attention keeps of a text, so that a new token costs one row and not the whole text again.

Pope et al. 2022 (arXiv 2211.05102), section 3.3, count its memory and its traffic.
"""

import weakref

import torch
from torch import Tensor, nn


class KVCache:
    """The keys and values of one attention layer, one row for each token, with their positions.

    length  tokens seen so far: the position of the next one
    reach   how many tokens a query can see, itself included; older rows are forgotten (default: all are kept)

    Rows carry no gradient once they are cached; those of the newest tokens do, for those tokens.
    """

    def __init__(self, reach: int | None = None):
        self.reach = reach
        self.length = 0
        # The rows lie in buffers that double when they are full: a new row costs no copy of all earlier ones.
        self._buffers: list[Tensor] = []
        self._first = 0  # where the oldest row lies
        self._last = 0  # one past the newest
        self._owner: weakref.ref[nn.Module] | None = None

    def serve(self, attention: nn.Module) -> None:
        """Keep the rows of this attention only: those of another look the same and mean something else.

        Raises ValueError when another one has used the cache before.
        """
        if self._owner is None:
            self._owner = weakref.ref(attention)
        elif self._owner() is not attention:
            raise ValueError("the cache holds rows of another model or layer; begin a new one with new_cache()")

    @property
    def num_rows(self) -> int:
        """Rows that are kept."""
        return self._last - self._first

    def extend(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Add the rows of new tokens; returns all rows that these tokens can see.

        key and value (batch, groups, new, size) -> keys and values (batch, groups, rows, size), positions (rows,).
        Raises ValueError when the rows do not fit those that are cached.
        """
        self._require_fit(key)
        if self.reach is not None:
            self._first = max(self._first, self._last - (self.reach - 1))
        if key.shape[2] == 1 and not (key.requires_grad or value.requires_grad):
            self._append(key, value)
            keys, values = self._rows()
        else:
            earlier = self._rows() if self._buffers else (key[:, :, :0], value[:, :, :0])
            keys, values = (torch.cat(pair, dim=2) for pair in zip(earlier, (key, value), strict=True))
            self._append(key.detach(), value.detach())
        self.length += key.shape[2]
        return keys, values, torch.arange(self.length - keys.shape[2], self.length, device=key.device)

    def _rows(self) -> list[Tensor]:
        return [buffer[:, :, self._first : self._last] for buffer in self._buffers]

    def _append(self, key: Tensor, value: Tensor) -> None:
        """Put the new rows behind the kept ones; of more than a later query can see, only the last."""
        if self.reach is not None:
            key, value = key[:, :, -self.reach :], value[:, :, -self.reach :]
        new = key.shape[2]
        if not self._buffers or self._last + new > self._buffers[0].shape[2]:
            self._move(key, capacity=max(64, 2 * (self.num_rows + new)))
        for buffer, rows in zip(self._buffers, (key, value), strict=True):
            buffer[:, :, self._last : self._last + new] = rows
        self._last += new

    def _move(self, like: Tensor, capacity: int) -> None:
        """Begin new buffers with the kept rows in front."""
        batch, groups, _, size = like.shape
        buffers = [like.new_empty(batch, groups, capacity, size) for _ in range(2)]
        for buffer, rows in zip(buffers, self._rows(), strict=False):
            buffer[:, :, : self.num_rows] = rows
        self._buffers, self._first, self._last = buffers, 0, self.num_rows

    def _require_fit(self, key: Tensor) -> None:
        if not self._buffers:
            return
        (batch, groups, _, size), new = self._buffers[0].shape, key.shape
        if (batch, groups, size) != (new[0], new[1], new[3]):
            raise ValueError(
                f"the cache holds rows of (batch, groups, size) = {(batch, groups, size)} and the new ones have "
                f"{(new[0], new[1], new[3])}; a cache serves one model and one batch: begin a new one"
            )

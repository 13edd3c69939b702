"""GPT-2, whole: embeddings, blocks, a last layer norm, and an output layer that shares the token embedding.

Radford et al. 2019, "Language Models are Unsupervised Multitask Learners".
"""

from collections.abc import Callable, Iterator, Sequence

from torch import Tensor, nn

from gpt2_ref.model import generation
from gpt2_ref.model.attention import MultiHeadSelfAttention
from gpt2_ref.model.block import TransformerBlock
from gpt2_ref.model.cache import KVCache
from gpt2_ref.model.errors import require_ids, require_positive
from gpt2_ref.model.layer_norm import GPT2LayerNorm


class GPT2OutputLayer(nn.Linear):
    """A score for every token of the vocabulary, without a bias.

    Shapes: x (..., embed) -> logits (..., vocab).

    Raises ValueError when a size is below 1.
    """

    def __init__(self, embed_size: int, vocab_size: int):
        require_positive(embed_size=embed_size, vocab_size=vocab_size)
        super().__init__(embed_size, vocab_size, bias=False)


class GPT2(nn.Module):
    """A language model: for every token of a text, the logits of the token that comes next.

    Shapes: input_ids (batch, sequence), whole numbers from 0 to vocab_size - 1 -> logits (batch, sequence, vocab).

    attention          makes the attention of a block: ``(embed_size, num_heads) -> module``
    learned_positions  whether a learned vector for each position is added to the token's; without them, the order
                       of the tokens must come from the attention (rotary), and no context_size limits the text
    context_size       number of learned positions

    The output weights are the token embedding (Press and Wolf 2017, arXiv 1608.05859). Linear and embedding
    weights start from N(0, 0.02^2), those that add to the stream divided by the root of their number.

    Raises ValueError when a size is below 1 or num_heads does not divide embed_size. The forward pass raises
    IndexError for an id outside the vocabulary and ValueError for a text longer than the context.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_size: int,
        num_heads: int,
        hidden_size: int,
        num_layers: int,
        *,
        context_size: int = 1024,
        attention: Callable[[int, int], nn.Module] = MultiHeadSelfAttention,
        learned_positions: bool = True,
        eps: float = 1e-5,
    ):
        super().__init__()
        require_positive(vocab_size=vocab_size, num_layers=num_layers, context_size=context_size)
        self.vocab_size = vocab_size
        self.context_size = context_size if learned_positions else None
        self.token_embedding = nn.Embedding(vocab_size, embed_size)
        self.position_embedding = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.blocks = nn.ModuleList(
            TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads), eps) for _ in range(num_layers)
        )
        self.final_norm = GPT2LayerNorm(embed_size, eps)
        self.output = GPT2OutputLayer(embed_size, vocab_size)
        self.output.weight = self.token_embedding.weight
        self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        additions = 2 * len(self.blocks)
        for block in self.blocks:
            for adds_to_the_stream in (getattr(block.attention, "output", None), block.feed_forward.contract):
                if isinstance(adds_to_the_stream, nn.Linear):
                    nn.init.normal_(adds_to_the_stream.weight, std=0.02 / additions**0.5)

    def forward(self, input_ids: Tensor, cache: Sequence[KVCache] | None = None) -> Tensor:
        return self.output(self.hidden(input_ids, cache))

    def hidden(self, input_ids: Tensor, cache: Sequence[KVCache] | None = None) -> Tensor:
        """What the output layer reads: (batch, sequence) -> (batch, sequence, embed).

        With a cache from `new_cache`, input_ids are only the tokens that come after those it has seen.
        """
        require_ids(input_ids, self.vocab_size)
        caches = [None] * len(self.blocks) if cache is None else cache
        if len(caches) != len(self.blocks):
            raise ValueError(f"cache has {len(caches)} layers and the model {len(self.blocks)}; use model.new_cache()")
        x = self.token_embedding(input_ids)
        if self.position_embedding is not None:
            start = 0 if cache is None else cache[0].length
            end = start + input_ids.shape[1]
            if end > self.context_size:
                raise ValueError(
                    f"input_ids reach to token {end} of the text; context_size = {self.context_size} is the most"
                )
            x = x + self.position_embedding.weight[start:end]
        for block, block_cache in zip(self.blocks, caches, strict=True):
            x = block(x, block_cache)
        return self.final_norm(x)

    def new_cache(self) -> list[KVCache]:
        """An empty cache for each block, for one batch of texts."""
        return [block.attention.new_cache() for block in self.blocks]

    def generate(
        self,
        input_ids: Tensor,
        max_length: int = 50,
        num_return_sequences: int = 1,
        temperature: float = 0.7,
        top_k: int | None = None,
        top_p: float | None = None,
        **options,
    ) -> Tensor:
        """Continue each prompt: see `gpt2_ref.model.generation.generate`, which has all options."""
        return generation.generate(
            self, input_ids, max_length, num_return_sequences, temperature, top_k, top_p, **options
        )

    def stream(self, input_ids: Tensor, **options) -> Iterator[Tensor]:
        """The new tokens as they come, (batch,) each: see `gpt2_ref.model.generation.stream`."""
        return generation.stream(self, input_ids, **options)

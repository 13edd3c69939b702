"""GPT-2 checkpoints in the Hugging Face layout: config.json, model.safetensors and tokenizer.json in one folder.

Their weights are stored (in, out), with query, key and value side by side in one matrix `c_attn`, as OpenAI
published them. Files are read as safetensors only: nothing is unpickled, so a checkpoint cannot run code.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from gpt2_ref.model import MultiHeadSelfAttention, causal, gpt2
from gpt2_ref.model.errors import require_divides, require_positive

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CONFIG, WEIGHTS, INDEX, TOKENIZER = "config.json", "model.safetensors", "model.safetensors.index.json", "tokenizer.json"
BUILT_IN = {"python": Path(__file__).parent / "pretrained"}
"""Models that come with the package."""
HUB_NAMES = {"gpt2": "openai-community/gpt2"} | {
    f"gpt2-{size}": f"openai-community/gpt2-{size}" for size in ("medium", "large", "xl")
}


class GPT2(gpt2.GPT2):
    __doc__ = gpt2.GPT2.__doc__

    @classmethod
    def from_pretrained(cls, name: str | Path, dtype: torch.dtype = torch.float32) -> "GPT2":
        """The model in a folder, in this package, or on the Hugging Face hub.

        name: a folder; "python", which comes with this package and writes Python; "gpt2", "gpt2-medium",
        "gpt2-large", "gpt2-xl" or "user/name" on the hub.

        Raises ValueError for what is no GPT-2 checkpoint, and ConnectionError when the hub is needed and not reached.
        """
        config, tensors = read_checkpoint(name)
        settings = Settings.from_config(config)
        with torch.device("meta"):
            model = cls(**vars(settings))
        model.to(dtype)
        load_tensors(model, tensors)
        return model

    def save_pretrained(self, directory: str | Path, tokenizer: "Tokenizer | None" = None) -> None:
        """Write the model, and its tokenizer if there is one, so that `from_pretrained` and transformers can read it.

        Each file is complete before it takes the place of an older one. Raises ValueError for a model with other
        parts than GPT-2's.
        """
        write_checkpoint(self, Path(directory), tokenizer)


@dataclass(frozen=True)
class Settings:
    """The arguments of GPT2 that a config.json gives."""

    vocab_size: int
    embed_size: int
    num_heads: int
    hidden_size: int
    num_layers: int
    context_size: int
    eps: float

    @classmethod
    def from_config(cls, config: Mapping[str, object]) -> "Settings":
        """Raises ValueError for a configuration that is not GPT-2's."""
        for name, allowed in ONLY.items():
            if config.get(name, allowed[0]) not in allowed:
                raise ValueError(f"{CONFIG}: {name} is {config[name]!r}; GPT2 has {' or '.join(map(repr, allowed))}")
        missing = [name for name in ("vocab_size", "n_embd", "n_head", "n_layer", "n_positions") if name not in config]
        if missing:
            raise ValueError(f"{CONFIG} has no {missing[0]}")
        embed_size = config["n_embd"]
        sizes = {
            "vocab_size": config["vocab_size"],
            "embed_size": embed_size,
            "num_heads": config["n_head"],
            "hidden_size": 4 * embed_size if config.get("n_inner") is None else config["n_inner"],
            "num_layers": config["n_layer"],
            "context_size": config["n_positions"],
        }
        try:
            require_positive(**sizes)
            require_divides(embed_size=embed_size, num_heads=sizes["num_heads"])
        except ValueError as error:
            raise ValueError(f"{CONFIG}: {error}") from None
        return cls(**sizes, eps=config.get("layer_norm_epsilon", 1e-5))

    @classmethod
    def of(cls, model: gpt2.GPT2) -> "Settings":
        """Raises ValueError for a model with other parts than GPT-2's."""
        for number, block in enumerate(model.blocks):
            if not is_plain(block.attention):
                raise ValueError(
                    f"a GPT-2 checkpoint cannot hold this model: blocks.{number}.attention is not GPT-2's, with a key "
                    "and a value for each head, causal and without rotary positions"
                )
        return cls(
            vocab_size=model.vocab_size,
            embed_size=model.token_embedding.embedding_dim,
            num_heads=model.token_embedding.embedding_dim // block.attention.head_size,
            hidden_size=block.feed_forward.expand.out_features,
            num_layers=len(model.blocks),
            context_size=model.context_size,
            eps=model.final_norm.eps,
        )

    def to_config(self) -> dict[str, object]:
        """What transformers writes for the same model, dropout off."""
        return {
            "architectures": ["GPT2LMHeadModel"],
            "model_type": "gpt2",
            "activation_function": "gelu_new",
            "vocab_size": self.vocab_size,
            "n_embd": self.embed_size,
            "n_head": self.num_heads,
            "n_inner": self.hidden_size,
            "n_layer": self.num_layers,
            "n_positions": self.context_size,
            "layer_norm_epsilon": self.eps,
            "tie_word_embeddings": True,
            "attn_pdrop": 0.0,
            "embd_pdrop": 0.0,
            "resid_pdrop": 0.0,
            "bos_token_id": None,
            "eos_token_id": None,
        }


def is_plain(attention: nn.Module) -> bool:
    """Whether it computes what GPT-2's does; other rules and rotary positions leave no trace in the parameters."""
    return (
        isinstance(attention, MultiHeadSelfAttention)
        and attention.rule is causal
        and attention.rotary is None
        and attention.key.out_features == attention.query.out_features
    )


# What a config.json may say besides sizes: for each field the values that GPT2 computes, the default first.
ONLY = {
    "model_type": ("gpt2",),
    "activation_function": ("gelu_new", "gelu_pytorch_tanh"),
    "scale_attn_weights": (True,),
    "scale_attn_by_inverse_layer_idx": (False,),
    "add_cross_attention": (False,),
    "tie_word_embeddings": (True,),
}


# Names


@dataclass(frozen=True)
class Place:
    """Where a tensor of a checkpoint lies in our model: one parameter, or several side by side.

    turned: stored (in, out), where nn.Linear has (out, in).
    """

    parameters: tuple[str, ...]
    turned: bool = False


def places(num_layers: int) -> dict[str, Place]:
    """Name in the checkpoint -> where its numbers go."""
    found = {"wte.weight": Place(("token_embedding.weight",)), "wpe.weight": Place(("position_embedding.weight",))}
    for layer in range(num_layers):
        block = f"blocks.{layer}"
        linear = {
            "attn.c_attn": [f"attention.{part}" for part in ("query", "key", "value")],
            "attn.c_proj": ["attention.output"],
            "mlp.c_fc": ["feed_forward.expand"],
            "mlp.c_proj": ["feed_forward.contract"],
        }
        for kind, turned in (("weight", True), ("bias", False)):
            for theirs, ours in linear.items():
                found[f"h.{layer}.{theirs}.{kind}"] = Place(tuple(f"{block}.{part}.{kind}" for part in ours), turned)
        for theirs, ours in (("ln_1", "attention_norm"), ("ln_2", "feed_forward_norm")):
            found[f"h.{layer}.{theirs}.weight"] = Place((f"{block}.{ours}.scale",))
            found[f"h.{layer}.{theirs}.bias"] = Place((f"{block}.{ours}.shift",))
    return found | {"ln_f.weight": Place(("final_norm.scale",)), "ln_f.bias": Place(("final_norm.shift",))}


def load_tensors(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Put the tensors of a checkpoint into our model, in the model's dtype.

    A model on the "meta" device, which has shapes and no memory, gets its memory here.

    Raises ValueError that names each tensor that is missing, too many or of another shape; the model is then as before.
    """
    parameters = dict(model.named_parameters())
    wanted = places(len(getattr(model, "blocks", ())))
    if unknown := [name for place in wanted.values() for name in place.parameters if name not in parameters]:
        raise ValueError(f"the model has no {unknown[0]}: its parts are not those of GPT-2")
    shapes = {name: stored_shape(place, parameters) for name, place in wanted.items()}
    faults = [f"{name} is missing; its shape is {shape}" for name, shape in shapes.items() if name not in tensors]
    for name, tensor in tensors.items():
        if name not in shapes:
            faults.append(f"{name} {tuple(tensor.shape)} has no place in this model")
        elif tuple(tensor.shape) != shapes[name]:
            faults.append(f"{name} has shape {tuple(tensor.shape)}; it must be {shapes[name]}")
        elif not tensor.is_floating_point():
            faults.append(f"{name} has dtype {tensor.dtype}; it must be a floating-point type")
    if faults:
        raise ValueError("the checkpoint does not fit the model:\n  " + "\n  ".join(shortened(faults)))
    state = {}
    for name, place in wanted.items():
        for parameter, part in zip(place.parameters, tensors[name].chunk(len(place.parameters), dim=-1), strict=True):
            part = part.T if place.turned else part
            state[parameter] = part.to(parameters[parameter].dtype).clone(memory_format=torch.contiguous_format)
    on_meta = any(parameter.is_meta for parameter in parameters.values())
    model.load_state_dict(state, strict=False, assign=on_meta)
    if on_meta:
        model.output.weight = model.token_embedding.weight


def stored_shape(place: Place, parameters: Mapping[str, Tensor]) -> tuple[int, ...]:
    """The shape in which a checkpoint holds what lies at this place."""
    shape = parameters[place.parameters[0]].shape
    if place.turned:
        shape = shape[::-1]
    return (
        *shape[:-1],
        sum(parameters[name].shape[0] for name in place.parameters) if len(place.parameters) > 1 else shape[-1],
    )


def tensors_of(model: gpt2.GPT2) -> dict[str, Tensor]:
    """The model's numbers under the checkpoint's names. Raises ValueError for a model with other parts than GPT-2's."""
    parameters = {name: parameter.detach() for name, parameter in model.named_parameters()}
    wanted = places(len(model.blocks))
    taken = {name for place in wanted.values() for name in place.parameters}
    if odd := sorted(taken ^ parameters.keys()):
        raise ValueError(f"a GPT-2 checkpoint cannot hold this model: {odd[0]} is only in one of the two")
    tensors = {}
    for name, place in wanted.items():
        parts = [parameters[parameter].T if place.turned else parameters[parameter] for parameter in place.parameters]
        tensors[name] = torch.cat(parts, dim=-1).contiguous()
    return tensors


def shortened(lines: list[str], limit: int = 8) -> list[str]:
    return lines if len(lines) <= limit else [*lines[:limit], f"and {len(lines) - limit} more"]


# Files


def read_checkpoint(name: str | Path) -> tuple[dict[str, object], dict[str, Tensor]]:
    """config.json as a dict, and the tensors, from a folder or from the hub.

    The tensors' names are without the prefix "transformer."; the masks that old files carry and the output weights,
    which are the token embedding once more, are left out.

    Raises ValueError for what is no checkpoint or a damaged one, ConnectionError when the hub is not reached.
    """
    folder = find_checkpoint(name)
    config = read_json(folder / CONFIG)
    tensors = {}
    for file in weight_files(folder):
        tensors |= read_safetensors(file)
    output = tensors.pop("lm_head.weight", None)
    tensors = {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}
    tensors = {
        name: tensor for name, tensor in tensors.items() if not name.endswith((".attn.bias", ".attn.masked_bias"))
    }
    embedding = tensors.get("wte.weight")
    if output is not None and embedding is not None and not torch.equal(output, embedding):
        raise ValueError(f"{folder}: lm_head.weight is not wte.weight; GPT2's output weights are its token embedding")
    return config, tensors


def load_tokenizer(name: str | Path) -> "Tokenizer":
    """The tokenizer of a checkpoint, from a folder or from the hub: ``.encode(text).ids`` and ``.decode(ids)``.

    Raises ValueError when there is none or it cannot be read, ConnectionError when the hub is not reached.
    """
    from tokenizers import Tokenizer

    file = find_checkpoint(name) / TOKENIZER
    if not file.is_file():
        raise ValueError(f"{file.parent} has no {TOKENIZER}")
    try:
        return Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises bare Exceptions
        raise ValueError(f"{file} cannot be read: {error}") from None


def write_checkpoint(model: gpt2.GPT2, directory: Path, tokenizer: "Tokenizer | None" = None) -> None:
    """Write config.json, model.safetensors and, if given, tokenizer.json; each replaces an older one once complete."""
    from safetensors.torch import save_file

    settings = Settings.of(model)
    tensors = {f"transformer.{name}": tensor for name, tensor in tensors_of(model).items()}
    config = settings.to_config() | {"dtype": str(model.token_embedding.weight.dtype).removeprefix("torch.")}
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=directory) as place:
        new = Path(place)
        save_file(tensors, new / WEIGHTS, metadata={"format": "pt"})
        (new / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        if tokenizer is not None:
            tokenizer.save(str(new / TOKENIZER))
        for file in sorted(new.iterdir(), reverse=True):
            os.replace(file, directory / file.name)
    for leftover in directory.glob(INDEX):
        leftover.unlink()


def find_checkpoint(name: str | Path) -> Path:
    """The folder of this path, or of a model in the package, or the local copy of what the hub has under this name."""
    folder = Path(name)
    if not folder.exists():
        folder = BUILT_IN.get(str(name), folder)
    if folder.is_dir():
        if not (folder / CONFIG).is_file():
            found = ", ".join(sorted(path.name for path in folder.iterdir())[:6]) or "nothing"
            raise ValueError(f"{folder} is no checkpoint: it has no {CONFIG} (it holds {found})")
        return folder
    if folder.exists():
        raise ValueError(f"{folder} is a file; a checkpoint is a folder with {CONFIG} and {WEIGHTS}")
    return download(str(name))


def download(name: str) -> Path:
    """The local copy of a model on the Hugging Face hub; what is missing is fetched, with a progress bar."""
    from huggingface_hub import errors, snapshot_download
    from huggingface_hub.utils import validate_repo_id

    repository = HUB_NAMES.get(name, name)
    allowed = f"a folder, one of {', '.join([*BUILT_IN, *HUB_NAMES])}, or user/name on the Hugging Face hub"
    try:
        validate_repo_id(repository)
    except errors.HFValidationError:
        raise ValueError(f"{name} is no checkpoint: there is no such folder; it must be {allowed}") from None
    if "/" not in repository:
        raise ValueError(f"{name} is no checkpoint: there is no such folder; it must be {allowed}")
    try:
        return Path(snapshot_download(repository, allow_patterns=[CONFIG, "*.safetensors", INDEX, TOKENIZER]))
    except errors.RepositoryNotFoundError:
        raise ValueError(f"{name} is no checkpoint: the hub has no {repository}; it must be {allowed}") from None
    except (errors.LocalEntryNotFoundError, errors.HfHubHTTPError, OSError) as error:
        raise ConnectionError(
            f"{name} is not on this machine and the Hugging Face hub was not reached ({type(error).__name__}). With a "
            "network, run the same line again: what is fetched once is kept. Without one, give a folder with "
            f"{CONFIG}, {WEIGHTS} and {TOKENIZER}"
        ) from error


def read_json(file: Path) -> dict[str, object]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{file} cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise ValueError(f"{file} must hold a JSON object, not a {type(content).__name__}")
    return content


def weight_files(folder: Path) -> Iterator[Path]:
    """The safetensors files of a checkpoint: one, or those that its index names."""
    if (folder / WEIGHTS).is_file():
        yield folder / WEIGHTS
        return
    if not (folder / INDEX).is_file():
        pickles = ", ".join(path.name for path in sorted(folder.glob("*.bin")))
        why = f"; {pickles} is a pickle, which can run any code when it is read" if pickles else ""
        raise ValueError(f"{folder} has no {WEIGHTS} and no {INDEX}{why}")
    names = read_json(folder / INDEX).get("weight_map")
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise ValueError(f"{folder / INDEX} has no weight_map from tensors to files")
    for name in sorted(set(names.values())):
        if Path(name).name != name or not (folder / name).is_file():
            raise ValueError(f"{folder} has no {name}, which {INDEX} names")
        yield folder / name


def read_safetensors(file: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(file)
    except (SafetensorError, OSError, ValueError) as error:
        raise ValueError(f"{file} is damaged or no safetensors file: {error}") from None

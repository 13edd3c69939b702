"""Checkpoints go to transformers and back, and a wrong one is refused by the name of what is wrong."""

import json
import os
import shutil
import subprocess
import sys
from functools import partial

import pytest
import torch
from safetensors.torch import load_file, save_file
from test_gpt2 import GPT2_SMALL, SHAPES, twins

from gpt2_ref import GPT2, MultiHeadSelfAttention, checkpoints, load_tokenizer, read_checkpoint
from gpt2_ref.model import gpt2

IDS = torch.tensor([[1, 2, 0, 4, 3, 1, 2]])


def ours(**options):
    torch.manual_seed(0)
    model = GPT2(11, 8, 2, 20, 2, context_size=16, **options)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return model


@pytest.fixture
def saved(tmp_path):
    """A folder with a checkpoint of `ours()`."""
    ours().save_pretrained(tmp_path / "tiny")
    return tmp_path / "tiny"


def change(folder, name, **fields):
    content = json.loads((folder / name).read_text(encoding="utf-8")) | fields
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def change_tensors(folder, change):
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def test_there_and_back_is_the_same(saved):
    model, again = ours(), GPT2.from_pretrained(saved)
    assert again.output.weight is again.token_embedding.weight
    assert model.state_dict().keys() == again.state_dict().keys()
    assert all(torch.equal(one, again.state_dict()[name]) for name, one in model.state_dict().items())
    assert torch.equal(model(IDS), again(IDS))
    again(IDS).sum().backward()


@pytest.mark.parametrize("shape", [*SHAPES.values(), GPT2_SMALL], ids=[*SHAPES, "small"])
def test_saved_by_us_and_loaded_by_transformers(shape, tmp_path):
    from transformers import GPT2LMHeadModel

    _, model = twins(shape, torch.float32)
    model.save_pretrained(tmp_path)
    theirs, report = GPT2LMHeadModel.from_pretrained(tmp_path, output_loading_info=True)
    assert not report["missing_keys"] and not report["unexpected_keys"] and not report["mismatched_keys"]
    ids = torch.randint(shape[0], (2, min(shape[-1], 20)))
    with torch.no_grad():
        torch.testing.assert_close(theirs.eval()(ids).logits, model(ids), rtol=0, atol=1e-4)


@pytest.mark.parametrize("shard", [None, "2KB"], ids=["one file", "sharded"])
@pytest.mark.parametrize("name", SHAPES)
def test_saved_by_transformers_and_loaded_by_us(name, shard, tmp_path):
    theirs, _ = twins(SHAPES[name])
    theirs.save_pretrained(tmp_path, **({"max_shard_size": shard} if shard else {}))
    sharded = (tmp_path / "model.safetensors.index.json").exists()
    assert sharded == (shard is not None and name != "one of each")
    again = GPT2.from_pretrained(tmp_path, dtype=torch.float64)
    ids = torch.randint(SHAPES[name][0], (2, SHAPES[name][-1]))
    torch.testing.assert_close(again(ids), theirs(ids).logits, rtol=0, atol=1e-9)


def test_the_old_layout_is_read(saved):
    """OpenAI's own files have no prefix and carry the masks; some have the output weights too."""

    def as_published(tensors):
        for name in list(tensors):
            tensors[name.removeprefix("transformer.")] = tensors.pop(name)
        tensors["h.0.attn.bias"] = torch.ones(1, 1, 16, 16).tril()
        tensors["h.0.attn.masked_bias"] = torch.tensor(-1e4)
        tensors["lm_head.weight"] = tensors["wte.weight"].clone()

    change_tensors(saved, as_published)
    assert torch.equal(GPT2.from_pretrained(saved)(IDS), ours()(IDS))


def test_tensors_have_the_names_and_shapes_of_the_lesson(saved):
    config, tensors = read_checkpoint(saved)
    assert config["n_inner"] == 20
    assert len(tensors) == 2 + 12 * 2 + 2
    assert tensors["h.1.attn.c_attn.weight"].shape == (8, 24)
    assert tensors["h.1.mlp.c_proj.weight"].shape == (20, 8)
    block = ours().blocks[1]
    assert torch.equal(tensors["h.1.attn.c_attn.weight"][:, 8:16], block.attention.key.weight.T)


def test_dtype_can_be_chosen(saved):
    assert GPT2.from_pretrained(saved, dtype=torch.bfloat16).output.weight.dtype == torch.bfloat16
    ours().half().save_pretrained(saved)
    assert load_file(saved / "model.safetensors")["transformer.wte.weight"].dtype == torch.float16
    assert GPT2.from_pretrained(saved).output.weight.dtype == torch.float32


def test_tokenizer_travels_with_the_model(tmp_path):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import AutoTokenizer

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        ["def f(self): return self"] * 3, trainers.BpeTrainer(vocab_size=270, initial_alphabet=alphabet)
    )
    ours().save_pretrained(tmp_path, tokenizer)
    text = "def f(self): return  naïve"
    assert load_tokenizer(tmp_path).encode(text).ids == tokenizer.encode(text).ids
    assert load_tokenizer(tmp_path).decode(tokenizer.encode(text).ids) == text
    assert AutoTokenizer.from_pretrained(tmp_path)(text)["input_ids"] == tokenizer.encode(text).ids
    (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"tokenizer.json cannot be read"):
        load_tokenizer(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    with pytest.raises(ValueError, match=r"has no tokenizer.json"):
        load_tokenizer(tmp_path)


def drop(tensors):
    del tensors["transformer.h.1.ln_2.bias"]


def add(tensors):
    tensors["transformer.h.2.ln_2.bias"] = torch.zeros(8)


def turn(tensors):
    tensors["transformer.h.0.mlp.c_fc.weight"] = tensors["transformer.h.0.mlp.c_fc.weight"].T.contiguous()


def count(tensors):
    tensors["transformer.ln_f.weight"] = torch.ones(8, dtype=torch.long)


def untie(tensors):
    tensors["lm_head.weight"] = tensors["transformer.wte.weight"] + 1


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (drop, r"h.1.ln_2.bias is missing; its shape is \(8,\)"),
        (add, r"h.2.ln_2.bias \(8,\) has no place in this model"),
        (turn, r"h.0.mlp.c_fc.weight has shape \(20, 8\); it must be \(8, 20\)"),
        (count, r"ln_f.weight has dtype torch.int64; it must be a floating-point type"),
        (untie, r"lm_head.weight is not wte.weight"),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(saved, fault, text):
    change_tensors(saved, fault)
    with pytest.raises(ValueError, match=text):
        GPT2.from_pretrained(saved)


def test_every_missing_tensor_is_counted_and_the_model_stays(saved):
    _, tensors = read_checkpoint(saved)
    model = ours()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with pytest.raises(ValueError, match=r"and 20 more"):
        checkpoints.load_tensors(model, {name: tensors[name] for name in list(tensors)[:0]})
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"model_type": "llama"}, "config.json: model_type is 'llama'; GPT2 has 'gpt2'"),
        ({"activation_function": "relu"}, "activation_function is 'relu'; GPT2 has 'gelu_new'"),
        ({"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx is True"),
        ({"tie_word_embeddings": False}, "tie_word_embeddings is False"),
        ({"n_head": 3}, "embed_size is 8 and num_heads is 3; num_heads must divide embed_size"),
        ({"n_layer": "two"}, "num_layers is 'two'; it must be a whole number"),
        ({"n_layer": 3}, r"h.2.attn.c_attn.weight is missing; its shape is \(8, 24\)"),
    ],
)
def test_a_configuration_that_is_not_gpt2_is_named(saved, fields, text):
    change(saved, "config.json", **fields)
    with pytest.raises(ValueError, match=text):
        GPT2.from_pretrained(saved)


def test_a_configuration_without_a_size_is_named(saved):
    (saved / "config.json").write_text('{"vocab_size": 11}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"config.json has no n_embd"):
        GPT2.from_pretrained(saved)


def truncate(folder):
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])


def corrupt_header(folder):
    whole = bytearray((folder / "model.safetensors").read_bytes())
    whole[8:40] = b"\xff" * 32
    (folder / "model.safetensors").write_bytes(bytes(whole))


def empty(folder):
    (folder / "model.safetensors").write_bytes(b"")


def pickled(folder):
    (folder / "model.safetensors").unlink()
    torch.save({"wte.weight": torch.zeros(1)}, folder / "pytorch_model.bin")


def pickle_in_disguise(folder):
    torch.save({"wte.weight": torch.zeros(1)}, folder / "model.safetensors")


def no_weights(folder):
    (folder / "model.safetensors").unlink()


def no_config(folder):
    (folder / "config.json").unlink()


def broken_config(folder):
    (folder / "config.json").write_text("{", encoding="utf-8")


def listed_config(folder):
    (folder / "config.json").write_text("[]", encoding="utf-8")


def missing_shard(folder):
    no_weights(folder)
    index = {"weight_map": {"transformer.wte.weight": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")


def index_that_leaves_the_folder(folder):
    shutil.move(folder / "model.safetensors", folder.parent / "away.safetensors")
    index = {"weight_map": {"transformer.wte.weight": "../away.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")


def index_without_a_map(folder):
    no_weights(folder)
    (folder / "model.safetensors.index.json").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (truncate, "model.safetensors is damaged or no safetensors file"),
        (corrupt_header, "model.safetensors is damaged or no safetensors file"),
        (empty, "model.safetensors is damaged or no safetensors file"),
        (pickle_in_disguise, "model.safetensors is damaged or no safetensors file"),
        (pickled, "has no model.safetensors .*pytorch_model.bin is a pickle, which can run any code"),
        (no_weights, "has no model.safetensors and no model.safetensors.index.json"),
        (no_config, r"is no checkpoint: it has no config.json \(it holds model.safetensors\)"),
        (broken_config, "config.json cannot be read"),
        (listed_config, "config.json must hold a JSON object, not a list"),
        (missing_shard, "has no model-00001-of-00002.safetensors, which model.safetensors.index.json names"),
        (index_that_leaves_the_folder, "has no ../away.safetensors"),
        (index_without_a_map, "has no weight_map"),
    ],
)
def test_a_damaged_folder_is_refused(saved, fault, text):
    fault(saved)
    with pytest.raises(ValueError, match=text):
        GPT2.from_pretrained(saved)


def test_a_file_and_a_name_that_cannot_be_one_are_refused(saved):
    with pytest.raises(ValueError, match=r"config.json is a file; a checkpoint is a folder"):
        GPT2.from_pretrained(saved / "config.json")
    with pytest.raises(
        ValueError, match=r"no/such/folder is no checkpoint: .*gpt2, gpt2-medium, gpt2-large, gpt2-xl, or user/name"
    ):
        GPT2.from_pretrained("no/such/folder")
    with pytest.raises(ValueError, match="gpt3 is no checkpoint: there is no such folder"):
        GPT2.from_pretrained("gpt3")


@pytest.mark.parametrize("name", ["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl", "someone/something"])
def test_a_hub_name_without_a_network_says_what_to_do(name, tmp_path):
    code = f"""
import gpt2_ref
try:
    gpt2_ref.GPT2.from_pretrained({name!r})
except ConnectionError as error:
    print(error)
"""
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | offline
    )
    assert f"{name} is not on this machine and the Hugging Face hub was not reached" in done.stdout
    assert "With a network, run the same line again" in done.stdout


def test_a_hub_name_asks_the_hub_for_safetensors_only(saved, monkeypatch):
    import huggingface_hub

    asked = {}

    def snapshot_download(repository, allow_patterns):
        asked[repository] = allow_patterns
        return str(saved)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    for name in ("gpt2", "gpt2-xl", "someone/something"):
        assert torch.equal(GPT2.from_pretrained(name)(IDS), ours()(IDS))
    assert list(asked) == ["openai-community/gpt2", "openai-community/gpt2-xl", "someone/something"]
    assert not [pattern for patterns in asked.values() for pattern in patterns if "bin" in pattern or pattern == "*"]


def test_a_model_that_is_not_gpt2_is_not_saved(tmp_path):
    refused = r"a GPT-2 checkpoint cannot hold this model: "
    with pytest.raises(ValueError, match=refused + "blocks.0.attention.key.bias"):
        ours(attention=partial(MultiHeadSelfAttention, bias=False)).save_pretrained(tmp_path / "new")
    with pytest.raises(ValueError, match=refused + "position_embedding.weight"):
        ours(learned_positions=False).save_pretrained(tmp_path / "new")
    for options in ({"num_groups": 1}, {"rule": lambda distance: distance == 0}, {"rotary": lambda x, positions: x}):
        with pytest.raises(ValueError, match=refused + "blocks.0.attention is not GPT-2's"):
            ours(attention=partial(MultiHeadSelfAttention, **options)).save_pretrained(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_saving_that_fails_leaves_the_old_checkpoint(saved, monkeypatch):
    import safetensors.torch

    def full_disk(tensors, file, metadata):
        file.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(safetensors.torch, "save_file", full_disk)
    with pytest.raises(OSError, match="No space left"):
        GPT2(11, 8, 2, 20, 2, context_size=16).save_pretrained(saved)
    assert sorted(path.name for path in saved.iterdir()) == ["config.json", "model.safetensors"]
    assert torch.equal(GPT2.from_pretrained(saved)(IDS), ours()(IDS))


def test_saving_over_a_sharded_checkpoint_replaces_it(tmp_path):
    theirs, _ = twins(SHAPES["tiny"], torch.float32)
    theirs.save_pretrained(tmp_path, max_shard_size="2KB")
    ours().save_pretrained(tmp_path)
    assert torch.equal(GPT2.from_pretrained(tmp_path)(IDS), ours()(IDS))
    assert not list(tmp_path.glob("*.index.json"))


def test_the_plain_model_is_the_same_class_without_files():
    assert issubclass(GPT2, gpt2.GPT2)
    assert GPT2.forward is gpt2.GPT2.forward

"""Nothing is imported: it works on whatever model it is handed, by the names of its parameters."""


def load_checkpoint(model, tensors):
    short = {"query": 0, "key": 1, "value": 2}
    longer = {
        "attention_norm": "ln_1",
        "feed_forward_norm": "ln_2",
        "attention.output": "attn.c_proj",
        "feed_forward.expand": "mlp.c_fc",
        "feed_forward.contract": "mlp.c_proj",
    }
    state = model.state_dict()
    for name, old in state.items():
        owner, kind = name.rsplit(".", 1)
        kind = {"scale": "weight", "shift": "bias"}.get(kind, kind)
        if owner in ("token_embedding", "output"):
            new = tensors["wte.weight"]
        elif owner == "position_embedding":
            new = tensors["wpe.weight"]
        elif owner == "final_norm":
            new = tensors[f"ln_f.{kind}"]
        else:
            _, number, part = owner.split(".", 2)
            role = part.split(".")[-1]
            if role in short:
                new = tensors[f"h.{number}.attn.c_attn.{kind}"].chunk(3, dim=-1)[short[role]]
            else:
                new = tensors[f"h.{number}.{longer[part]}.{kind}"]
            new = new.T if new.dim() == 2 else new
        old.copy_(new)

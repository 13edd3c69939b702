"""A class that loads when it is called."""


class load_checkpoint:
    def __call__(self, model, tensors):
        return model

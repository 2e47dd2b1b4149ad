"""Write frozen graphs as TensorFlow does, so that it need not be installed."""

import numpy as np


def varint(value):
    """Return a whole number as protocol buffers write it."""
    written = b""
    while value > 127:
        written += bytes([value & 127 | 128])
        value >>= 7
    return written + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


def shape(*sides):
    return message(2, b"".join(message(2, number(1, side)) for side in sides))


def tensor(array):
    """Return a tensor as its type, its shape and its bytes."""
    array = np.asarray(array, "<f4")
    return number(1, 1) + shape(*array.shape) + message(4, array.tobytes())


def node(name, operation, value=None):
    """Return a node of a graph; `value` is an array, or a tensor as bytes."""
    written = message(1, name.encode()) + message(2, operation.encode())
    if value is not None:
        content = value if isinstance(value, bytes) else tensor(value)
        written += message(5, message(1, b"dtype") + message(2, number(6, 1)))
        written += message(5, message(1, b"value") + message(2, message(8, content)))
    return message(1, written)


def graph_of(constants):
    """Return a graph with constants, between nodes that are none."""
    nodes = [node(name, "Const", array) for name, array in constants.items()]
    return b"".join([node("Placeholder", "Placeholder"), *nodes, node("Conv2D", "Conv2D")])

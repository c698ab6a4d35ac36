"""A frozen network without its batch norms, which makes it up to twice as fast."""

import copy
from collections import Counter
from typing import Any

import torch
from timm.layers import BatchNormAct2d, Conv2dSame
from torch import fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

# And no other of their kind: some standardise their weights.
CONVOLUTIONS = nn.Conv2d, Conv2dSame
NORMS = nn.BatchNorm2d, BatchNormAct2d


@torch.no_grad()
def fold_batch_norms(network: nn.Module) -> nn.Module:
    """What answers as `network` does in evaluation, within rounding.

    A batch norm that nothing but a convolution feeds becomes part of its weights. Where
    there is none, or the network takes ways that depend on values, so that it can't be
    traced, the answer is `network` itself; otherwise a copy, for `network` is what is
    saved and known in the cache.
    """
    if not any(type(module) in NORMS for module in network.modules()):
        return network
    folded = copy.deepcopy(network)
    try:
        graph = _Layers().trace(folded)
    except (fx.proxy.TraceError, TypeError):
        return network
    calls = Counter(node.target for node in graph.nodes)
    for node in graph.nodes:
        conv, norm = _layer(folded, *node.args[:1]), _layer(folded, node)
        if type(conv) not in CONVOLUTIONS or type(norm) not in NORMS:
            continue
        source = node.args[0]
        if len(source.users) == calls[source.target] == calls[node.target] == 1:
            folded.set_submodule(source.target, fuse_conv_bn_eval(conv, norm))
            # Those of timm bring their activation.
            folded.set_submodule(node.target, getattr(norm, "act", nn.Identity()))
    return folded


class _Layers(fx.Tracer):
    """Sees layers that are folded as a whole, also those that are defined by timm."""

    def is_leaf_module(self, module: nn.Module, name: str) -> bool:
        whole = (*CONVOLUTIONS, *NORMS)
        return type(module) in whole or super().is_leaf_module(module, name)


def _layer(network: nn.Module, node: Any = None) -> Any:
    """The layer that a node of the graph calls, or None."""
    if isinstance(node, fx.Node) and node.op == "call_module":
        return network.get_submodule(str(node.target))
    return None

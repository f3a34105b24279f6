"""A real language model on loopback: llama.cpp's OpenAI-compatible server in a process of its own, until stdin ends.

Run by a Python that has xllamacpp: `python llama_server.py WEIGHTS.gguf`. It prints the address when it is ready.
"""

from __future__ import annotations

import sys

import xllamacpp


def main(weights: str) -> None:
    """Serve the model in a file."""
    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.n_ctx, params.n_parallel = 8192, 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.warmup = False
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


main(sys.argv[1])

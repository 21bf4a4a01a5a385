"""Runs notebooks from top to bottom on the kernel that each names. Prints each, executed, as a line of JSON.

usage: execute.py NOTEBOOK...
"""
import json
import sys
import time
from queue import Empty

import nbformat
from jupyter_client.manager import start_new_kernel

CELL_SECONDS = 600
PATIENCE_SECONDS = 2
SHOWN = ("display_data", "execute_result", "stream", "error")


def execute(client, code):
    """What a cell answers and shows.

    The reply and the outputs come by two ways, and on a busy machine a kernel may hold back the end of its outputs until it has
    something else to say. So once a cell has its reply, the kernel is asked about itself until that shows up behind the outputs.
    """
    deadline = time.monotonic() + CELL_SECONDS
    request = client.execute(code, allow_stdin=False)
    reply = None
    while reply is None:
        message = next_message(client, client.get_shell_msg, deadline)
        if message is not None and message["parent_header"].get("msg_id") == request:
            reply = message["content"]
    outputs = []
    fences = {client.kernel_info()}
    while True:
        message = next_message(client, client.get_iopub_msg, deadline)
        if message is None:
            fences.add(client.kernel_info())
            continue
        parent, kind, content = message["parent_header"].get("msg_id"), message["msg_type"], message["content"]
        if parent in fences and kind == "status" and content["execution_state"] == "idle":
            return reply, outputs
        if parent == request and kind in SHOWN:
            outputs.append(nbformat.v4.output_from_msg(message))


def next_message(client, get, deadline):
    """The next message of a channel, or None where none comes for a while."""
    try:
        return get(timeout=PATIENCE_SECONDS)
    except Empty:
        if not client.is_alive():
            sys.exit("the kernel has died")
        if time.monotonic() > deadline:
            sys.exit(f"the kernel says nothing for {CELL_SECONDS} s")
        return None


def run(path):
    notebook = nbformat.read(path, as_version=4)
    manager, client = start_new_kernel(kernel_name=notebook.metadata.kernelspec.name, cwd="notebooks")
    try:
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            reply, cell.outputs = execute(client, cell.source)
            if reply["status"] != "ok":
                trace = "\n".join(reply.get("traceback") or [f"{reply.get('ename')}: {reply.get('evalue')}"])
                sys.exit(f"{path}: a cell fails\n{cell.source}\n{trace}")
            cell.execution_count = reply["execution_count"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return notebook


for path in sys.argv[1:]:
    print(json.dumps(run(path), ensure_ascii=False), flush=True)

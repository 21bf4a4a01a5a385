"""Runs notebooks from top to bottom on the kernel that each names. Prints each, executed, as a line of JSON.

usage: execute.py NOTEBOOK...
"""
import json
import sys

import nbformat
from nbclient import NotebookClient

for path in sys.argv[1:]:
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=600, kernel_name=notebook.metadata.kernelspec.name)
    client.execute(cwd="notebooks")
    print(json.dumps(notebook, ensure_ascii=False), flush=True)

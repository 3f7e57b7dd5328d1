#!/usr/bin/python3
"""Packs those of ONNX's node tests that are made of the operators Lanewise has.

    pack_node_tests.py /usr/share/libonnx-testdata/data/node OUT.zip < NAMES

The folder is that of Debian's package libonnx-testdata (ONNX 1.12, Apache-2.0); NAMES has one name a
line, and is node-tests.txt beside the archive. The archive's bytes depend on nothing else.
"""

import os
import sys
import zipfile

root, out = sys.argv[1:]
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for name in sorted(sys.stdin.read().split()):
        for folder, _, files in sorted(os.walk(os.path.join(root, name))):
            for file in sorted(files):
                path = os.path.join(folder, file)
                info = zipfile.ZipInfo(os.path.relpath(path, root), (2022, 6, 17, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                with open(path, "rb") as f:
                    archive.writestr(info, f.read())

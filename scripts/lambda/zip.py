# SPDX-License-Identifier: Apache-2.0
"""zip.py OUTPUT NAME=PATH...: packs files that may be executed, with a fixed time, so that equal files make equal zips."""

import sys
import zipfile


def main(output, *entries):
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for entry in entries:
            name, path = entry.split("=", 1)
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, so that the mode counts
            info.external_attr = (0o100755 if name == "bootstrap" else 0o100644) << 16
            with open(path, "rb") as file:
                package.writestr(info, file.read(), compresslevel=9)


main(*sys.argv[1:])

#!/usr/bin/env python3
"""Looks through every layer of an image for what ought not to be in any: layers.py IMAGE.tar BASE.tar

The archives are those of `docker save`. Layers of the base are left alone; what a later layer removes is found as well.
Prints what is wrong, a line each.
"""
import json
import re
import sys
import tarfile

# What nobody needs at run time, by its path.
UNWANTED = {
    "a compiler": r"(usr/)?(local/)?bin/(.*-)?(gcc|g\+\+|cc1|clang|ld|swiftc?|make)(-\d+)?$|.*/cc1(plus)?$",
    "a list of packages": r"var/lib/apt/lists/.+_(Packages|InRelease|Sources).*",
    "a package": r".*\.deb$",
    "sources or tests": r".*\.(swift|swiftmodule|xctest|o|a)$|(src|packages|image)/.+|.*(^|/)Tests/.*",
    "a secret": r".*/(\.netrc|\.git-credentials|\.pypirc|id_[a-z0-9]+|ssh_host_.*_key|token)$|(root|home)/.*\.pem$|"
                r"etc/(passwd|shadow|group|gshadow)-$|.*/\.env$",
    "a trace of somebody at work": r"(root|home)/.*\.(bash_history|cache)(/.*)?$|var/log/(apt|dpkg).*",
}
KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=]{20}")


def layers(archive):
    """The layers of an image, lowest first: their name, which is their digest, and where they are in the archive."""
    manifest = json.load(archive.extractfile("manifest.json"))[0]
    config = json.load(archive.extractfile(manifest["Config"]))
    return list(zip(config["rootfs"]["diff_ids"], manifest["Layers"])), config


def look(layer, name):
    """What is wrong in a layer. It is read as a stream."""
    for entry in layer:
        path = entry.name.removeprefix("./").removeprefix("/")
        for what, pattern in UNWANTED.items():
            if not entry.isdir() and re.fullmatch(pattern, path) and not path.startswith(("usr/share/perl", "usr/share/doc")):
                print(f"{what}: {path} in {name[:19]}")
        if entry.isfile() and re.match(r"(etc|home|root|opt|srv|var|usr/share/gathering)", path) and entry.size < 1 << 20:
            if KEY.search(layer.extractfile(entry).read()):
                print(f"a private key: {path} in {name[:19]}")


def main():
    with tarfile.open(sys.argv[1]) as image, tarfile.open(sys.argv[2]) as base:
        below = {digest for digest, _ in layers(base)[0]}
        own, config = layers(image)
        seen = 0
        for digest, path in own:
            if digest in below:
                continue
            seen += 1
            with tarfile.open(fileobj=image.extractfile(path), mode="r|*") as layer:
                look(layer, digest)
        if seen == 0:
            print("expected a layer above those of the base, found none")
        text = json.dumps(config.get("config", {})) + json.dumps(config.get("history", []))
        for name in re.findall(r"\b([A-Z_]*(?:PASSWORD|TOKEN|SECRET)[A-Z_]*)=[^\s\"]", text):
            print(f"a secret: {name} has a value in the description of the image")


main()

#!/usr/bin/env python3
"""Runs the commands of the manual: documentation.py PROGRAMS PAGE, or `documentation.py marks` to look at the marks alone.

A block that begins with ```sh is run as it stands, all blocks of a page in one shell, in an empty home directory, with
the built programs of the directory PROGRAMS first in PATH. What is an example is replaced: ports by free ones, the example's
repository by one that is made here. The line before a block may say otherwise:

    <!-- tested by: PATH -->          that script runs the same commands
    <!-- not tested: REASON -->       nothing can run it here
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MARK = re.compile(r"<!-- (tested by|not tested): (\S.*?) -->")
TESTS = {".ci/run", "Makefile"}


def pages():
    """Every page for people, with the directory of the package as root."""
    found = []
    for folder in ("", "Documentation", "Benchmarks", "certs", "deploy", "Sources"):
        top = os.path.join(ROOT, folder)
        if folder == "":
            found += [name for name in os.listdir(top) if name.endswith(".md")]
            continue
        for directory, _, names in os.walk(top):
            found += [os.path.relpath(os.path.join(directory, name), ROOT) for name in names if name.endswith(".md")]
    return sorted(found)


def blocks(page):
    """The blocks of a page: language, mark (kind and what it says) or None, number of the line, text."""
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        lines = file.read().split("\n")
    result, index = [], 0
    while index < len(lines):
        match = re.fullmatch(r"(\s*)```(\w*)", lines[index])
        if not match:
            index += 1
            continue
        end = next((n for n in range(index + 1, len(lines)) if lines[n].strip() == "```"), None)
        if end is None:
            sys.exit(f"{page}:{index + 1}: a block without an end")
        before = [line for line in lines[max(0, index - 2):index] if line.strip()]
        mark = MARK.fullmatch(before[-1].strip()) if before else None
        result.append((match[2], (mark[1], mark[2]) if mark else None, index + 1, "\n".join(lines[index + 1:end])))
        index = end + 1
    return result


def marks():
    """Looks at all pages: every block of commands has its language, and what a mark names is there."""
    problems = []
    for page in pages():
        for language, mark, line, text in blocks(page):
            where = f"{page}:{line}"
            commands = re.search(r"^\s*(\$ )?(agent|controller|make|docker|kubectl|apt-get|systemctl) \S", text, re.MULTILINE)
            if language == "" and commands:
                problems.append(f"{where}: commands without the language sh")
            if language in ("bash", "shell", "console"):
                problems.append(f"{where}: expected the language sh, found {language}")
            if mark and mark[0] == "tested by" and mark[1] not in TESTS:
                if not os.path.exists(os.path.join(ROOT, mark[1])):
                    problems.append(f"{where}: there is no {mark[1]}")
            if mark and language != "sh":
                problems.append(f"{where}: a mark at a block that is no commands")
    return problems


def links():
    """Every link from page to page leads to a file, and to a heading in it."""
    problems = []
    for page in pages():
        with open(os.path.join(ROOT, page), encoding="utf-8") as file:
            text = re.sub(r"```.*?```", "", file.read(), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            full = os.path.normpath(os.path.join(ROOT, os.path.dirname(page), path)) if path else os.path.join(ROOT, page)
            if not os.path.exists(full):
                problems.append(f"{page}: there is no {target}")
            elif anchor and full.endswith(".md"):
                with open(full, encoding="utf-8") as file:
                    headings = re.findall(r"^#+ (.*)$", file.read(), re.MULTILINE)
                anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
                if anchor not in anchors:
                    problems.append(f"{page}: there is no heading for {target}")
    return problems


def free_port():
    while True:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        # Not one that the kernel gives to whoever asks next.
        port = 20000 + port % 12000
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def run(programs, page):
    home = tempfile.mkdtemp(prefix="manual-")
    repository = os.path.join(home, "repository")
    subprocess.run([os.path.join(ROOT, "Tests/EndToEndTests/make-repository"), repository], check=True,
                   stdout=subprocess.DEVNULL, timeout=120)
    https, ssh, web = free_port(), free_port(), free_port()
    replaced = {
        "https://git.example/demo.git": repository,
        "localhost:8443": f"localhost:{https}",
        "controller.example:8443": f"localhost:{https}",
        "--host controller.example": "--host localhost",
    }
    # What people do in their own time: wait until something that was begun is there.
    waiting = """
set -euo pipefail
await() { for _ in $(seq 600); do if "$@" >/dev/null 2>&1; then return; fi; sleep 0.1; done; echo "in vain: $*" >&2; exit 1; }
after() {
    case $1 in
    *"controller serve"*) await controller health ;;
    *"agent run"*) await sh -c '! sqlite3 -batch "$0" "SELECT state FROM controller_bundles" | grep -q received' "$CONTROLLER_HOME/controller.sqlite" ;;
    esac
}
"""
    script, count = waiting, 0
    for language, mark, line, text in blocks(page):
        if language != "sh" or mark:
            continue
        for old, new in replaced.items():
            text = text.replace(old, new)
        script += f"echo '--- {page}:{line}'\n{text}\nafter {shell_quote(text)}\n"
        count += 1
    environment = {
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": home, "LC_ALL": "C.UTF-8", "TZ": "UTC",
        "CONTROLLER_PORT": str(https), "CONTROLLER_SSH_PORT": str(ssh), "AGENT_PORT": str(web),
        "CONTROLLER_LISTEN": "127.0.0.1",
    }
    log = os.path.join(home, "output")
    with open(log, "wb") as output:
        process = subprocess.Popen(["bash", "-c", script], cwd=home, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            status = process.wait(timeout=500)
        except subprocess.TimeoutExpired:
            status = "no end"
        end(process.pid)
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if status != 0:
        print(text[-4000:])
        for name in ("gathering/controller.log",):
            path = os.path.join(home, name)
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    print(f"--- {name}\n{file.read()[-2000:]}")
        print(f"{page}: ended with {status}")
    shutil.rmtree(home, ignore_errors=True)
    return status == 0, count


def end(group):
    """Ends all that a page started, politely first: the controller ends its SSH server itself."""
    for number, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 5)):
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            return
        for _ in range(seconds * 10):
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return
            try:
                os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                pass
            subprocess.run(["sleep", "0.1"], check=False)


def shell_quote(text):
    return "'" + text.replace("'", "'\\''") + "'"


def main():
    if sys.argv[1:] == ["marks"]:
        problems = marks() + links()
        print("\n".join(problems))
        sys.exit(1 if problems else 0)
    if sys.argv[1:] == ["pages"]:
        for page in pages():
            if any(language == "sh" and not mark for language, mark, _, _ in blocks(page)):
                print(page)
        sys.exit(0)
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    succeeded, count = run(sys.argv[1], sys.argv[2])
    print(f"{sys.argv[2]}: {count} blocks")
    sys.exit(0 if succeeded else 1)


main()

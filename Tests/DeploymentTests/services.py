#!/usr/bin/env python3
"""Starts both programs as systemd does, and sees what they tell it: services.py PROGRAMS

Each must say READY=1 when it serves, WATCHDOG=1 while it lives, STOPPING=1 after SIGTERM, and then end with 0 within 10 s.
"""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE = 60


def free_port():
    while True:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = 20000 + listener.getsockname()[1] % 12000
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


class Manager:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, directory):
        self.path = os.path.join(directory, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(PATIENCE)
        self.heard = []

    def wait(self, word):
        end = time.monotonic() + PATIENCE
        while not any(word in text.split("\n") for text in self.heard):
            if time.monotonic() > end:
                sys.exit(f"expected {word}, heard {self.heard}")
            self.heard.append(self.socket.recv(4096).decode())


def serve(name, directory, command, environment):
    directory = os.path.join(directory, name)
    os.makedirs(directory, exist_ok=True)
    manager = Manager(directory)
    environment = {
        "PATH": "/usr/bin:/bin:/usr/sbin", "NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "2000000", **environment}
    log = os.path.join(directory, "log")
    with open(log, "wb") as output:
        process = subprocess.Popen(command, env=environment, cwd=directory, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT)
    try:
        manager.wait("READY=1")
        manager.wait("WATCHDOG=1")
        process.send_signal(signal.SIGTERM)
        manager.wait("STOPPING=1")
        status = process.wait(timeout=30)
        if status != 0:
            sys.exit(f"{name}: expected 0 after SIGTERM, found {status}")
    except (subprocess.TimeoutExpired, socket.timeout, SystemExit) as error:
        with open(log, encoding="utf-8", errors="replace") as file:
            print(file.read()[-2000:])
        sys.exit(f"{name}: {error}; heard {manager.heard}")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    print(f"{name}: ready, alive, stopping, 0")


def serve_as_process_one(directory, command, environment):
    """In a process namespace of its own, as in a container: the daemon is then the child of a process 1 that it forked from."""
    directory = os.path.join(directory, "one")
    os.makedirs(directory)
    apart = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if os.getuid() != 0 or subprocess.run(apart + ["true"], capture_output=True, check=False).returncode != 0:
        print("skipped: a process namespace needs root")
        return
    manager = Manager(directory)
    process = subprocess.Popen(apart + command, env={"PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": manager.path, **environment},
                               cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        manager.wait("READY=1")
        # It gives memory back when it begins to wait, which is a little later: it must outlive that.
        for _ in range(20):
            time.sleep(0.1)
            if process.poll() is not None:
                sys.exit(f"agent as process 1: ended with {process.returncode}")
    finally:
        process.kill()
        process.wait()
    print("agent as process 1: ready, and goes on")


def main():
    programs = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as directory:
        state = os.path.join(directory, "state")
        subprocess.run([f"{programs}/controller", "init", "--state", state, "--host", "localhost"], check=True,
                       stdout=subprocess.DEVNULL, timeout=120)
        serve("controller", directory, [f"{programs}/controller", "serve"], {
            "CONTROLLER_HOME": state, "CONTROLLER_LISTEN": "127.0.0.1", "CONTROLLER_PORT": str(free_port()),
            "CONTROLLER_SSH_PORT": str(free_port())})
        settings = {
            "AGENT_HOME": os.path.join(directory, "home"), "AGENT_PORT": str(free_port()), "CRON_PERIOD": "monthly",
            "JIRA_KEY": "DEMO", "SSH_HOST": "localhost:1", "SSH_HTTPS_CERT": f"{state}/certificate.pem"}
        serve("agent", directory, [f"{programs}/agent", "daemon"], settings)
        serve_as_process_one(directory, [f"{programs}/agent", "daemon"], {**settings, "AGENT_PORT": str(free_port())})


if __name__ == "__main__":
    main()

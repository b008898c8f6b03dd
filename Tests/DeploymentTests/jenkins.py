#!/usr/bin/env python3
"""Runs the shell steps of the Jenkinsfile as Jenkins does, against a controller of its own: jenkins.py PROGRAMS

The steps are read from the Jenkinsfile itself. The project is gathered, a second one is not enrolled and fails, and the
report of the preflight is well-formed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

from services import free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def steps():
    with open(os.path.join(ROOT, "deploy/jenkins/Jenkinsfile"), encoding="utf-8") as file:
        text = file.read()
    if text.count("{") != text.count("}") or text.count("(") != text.count(")"):
        sys.exit("Jenkinsfile: brackets do not match")
    found = re.findall(r"\bsh\((?:returnStatus: true, )?script: '([^']*)'\)", text)
    if len(found) != len(re.findall(r"\bsh\b *[('\"]", text)):
        sys.exit(f"Jenkinsfile: expected every shell step in one form, found {found}")
    return found


def await_health(programs, state, ports, log):
    for _ in range(600):
        result = subprocess.run([f"{programs}/controller", "health", "--state", state, "--listen", "127.0.0.1", "--port", ports[0]],
                                capture_output=True, timeout=60, check=False)
        if result.returncode == 0:
            return
        time.sleep(0.1)
    with open(log, encoding="utf-8", errors="replace") as file:
        sys.exit(f"the controller does not answer: {file.read()[-2000:]}")


def run_steps(project, programs, workspace, environment):
    """The exit statuses of the steps, in a fresh workspace with a copy of the repository's part."""
    os.makedirs(workspace)
    shutil.copytree(os.path.join(ROOT, "deploy/jenkins"), os.path.join(workspace, "deploy/jenkins"))
    settings = {
        "PATH": f"{programs}:/usr/bin:/bin", "HOME": workspace, "WORKSPACE": workspace, "PROJECT": project,
        "AGENT_HOME": f"{workspace}/agent", "REPORTS": f"{workspace}/reports", "JENKINS_URL": "https://jenkins.example/",
        **environment,
    }
    statuses = []
    for step in steps():
        result = subprocess.run(["sh", "-xe", "-c", step], cwd=workspace, env=settings, stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=300, check=False)
        print(result.stdout + result.stderr)
        statuses.append(result.returncode)
    return statuses


def report(workspace):
    return ElementTree.parse(os.path.join(workspace, "reports/preflight.xml")).getroot().find("testsuite")


def main():
    programs = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as directory:
        state, log = f"{directory}/controller", f"{directory}/log"
        ports = [str(free_port()), str(free_port())]
        controller = [f"{programs}/controller"]
        subprocess.run(controller + ["init", "--state", state, "--host", "localhost"], check=True, timeout=120)
        repository = f"{directory}/repository"
        subprocess.run([os.path.join(ROOT, "Tests/EndToEndTests/make-repository"), repository], check=True,
                       stdout=subprocess.DEVNULL, timeout=120)
        with open(log, "wb") as output:
            server = subprocess.Popen(controller + ["serve", "--state", state, "--listen", "127.0.0.1", "--port", ports[0],
                                                    "--ssh-port", ports[1]],
                                      stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            await_health(programs, state, ports, log)
            token = subprocess.run(controller + ["enrol", "DEMO", "--project", "DEMO", "--state", state], check=True,
                                   capture_output=True, text=True, timeout=60).stdout.strip()
            common = {
                "SSH_HOST": f"localhost:{ports[0]}", "SSH_HTTPS_CERT": f"{state}/certificate.pem", "SOURCE_1_URL": repository}
            demo = run_steps("DEMO", programs, f"{directory}/demo", {**common, "ENROLMENT_TOKEN": token})
            if demo != [0, 0]:
                sys.exit(f"DEMO: expected both steps to end with 0, found {demo}")
            suite = report(f"{directory}/demo")
            if suite.get("failures") != "0" or int(suite.get("tests")) < 2:
                sys.exit(f"DEMO: expected checks and no failure, found {suite.attrib}")
            if not os.path.exists(f"{directory}/demo/reports/scrape.log"):
                sys.exit("DEMO: expected the log of the gathering among the reports")
            web = run_steps("WEB", programs, f"{directory}/web", common)
            if web[0] == 0 or report(f"{directory}/web").get("failures") == "0":
                sys.exit(f"WEB: expected a failure of an agent that is not enrolled, found {web}")
        finally:
            server.terminate()
            server.wait(timeout=60)
    print("the steps of the Jenkinsfile do what they should")


if __name__ == "__main__":
    main()

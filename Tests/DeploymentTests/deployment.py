#!/usr/bin/env python3
"""Looks at what describes a deployment, without deploying anything: deployment.py CHECK prints what is wrong, a line each.

Ends with 0 where all is well, 1 where something is wrong, 77 where the check needs a program that is not here; the line
then says which.
"""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KUBERNETES = "deploy/kubernetes"
INSTALLATIONS = ["base", "overlays/example", "overlays/postgresql"]
# Jobs that change the tables of an installation, with the installation.
MIGRATIONS = {"migrate": "overlays/example", "overlays/postgresql/migrate": "overlays/postgresql"}
problems = []


def wrong(text):
    problems.append(text)


def expect(condition, text):
    if not condition:
        wrong(text)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def skip(reason):
    print(reason)
    sys.exit(77)


def documents(text):
    try:
        import yaml
    except ImportError:
        skip("Python's yaml is missing: apt-get install python3-yaml")
    return [document for document in yaml.safe_load_all(text) if document is not None]


def program(name, package):
    for directory in os.environ.get("PATH", "").split(":"):
        if os.access(os.path.join(directory, name), os.X_OK):
            return name
    skip(f"{name} is missing: apt-get install {package}")


# --- Compose -----------------------------------------------------------------------------------------------------

COMPOSE_FILES = ["compose.yaml", "compose.override.yaml", "compose.staging.yaml", "compose.prod.yaml"]
# Those above take services over from it; it is never given to Compose itself.
COMMON = "compose.common.yaml"
STACKS = (["compose.yaml"], ["compose.yaml", "compose.override.yaml"], ["compose.prod.yaml"],
          ["compose.prod.yaml", "compose.staging.yaml"])
# They compile or render in a checkout, at a developer's machine only.
TOOLS = {"build", "docs"}


def put_over(target, settings):
    """Settings of a service over those it has, as Compose does it."""
    for key, value in settings.items():
        old = target.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            target[key] = {**old, **value}
        elif isinstance(old, list) and isinstance(value, list) and key not in ("command", "entrypoint"):
            target[key] = old + value
        else:
            target[key] = value


def merged(*names):
    """The services and secrets of several compose files, as Compose puts them together."""
    services, rest = {}, {}
    for name in names:
        document = documents(read(name))[0]
        for service, settings in (document.get("services") or {}).items():
            target = services.setdefault(service, {})
            whence = settings.pop("extends", None)
            if whence:
                expect(whence["file"] == COMMON, f"{name}: {service}: expected it to extend {COMMON}")
                put_over(target, documents(read(whence["file"]))[0]["services"][whence["service"]])
            put_over(target, settings)
        for key in ("secrets", "volumes", "networks"):
            rest.setdefault(key, {}).update(document.get(key) or {})
    return services, rest


def variables(text):
    """Variables that Compose fills in, with what stands behind the name."""
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return re.findall(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)([^}]*)\}", text)


def compose():
    shells = {"enrolment", "psql"}
    for files in STACKS:
        services, rest = merged(*files)
        where = "+".join(files)
        for name, service in services.items():
            if name in TOOLS:
                expect(service.get("profiles"), f"{where}: {name} must start only when it is asked for")
                continue
            subject = f"{where}: {name}"
            expect(service.get("cap_drop") == ["ALL"], f"{subject}: expected cap_drop [ALL]")
            expect("cap_add" not in service, f"{subject}: expected no cap_add")
            expect("no-new-privileges:true" in service.get("security_opt", []), f"{subject}: expected no-new-privileges")
            expect(service.get("read_only") is True, f"{subject}: expected a read-only root")
            expect(not service.get("privileged"), f"{subject}: expected no privileges")
            expect("container_name" not in service, f"{subject}: a fixed name keeps a second deployment from this host")
            user = str(service.get("user", "image"))
            expect(user.split(":")[0] not in ("0", "root"), f"{subject}: expected another user than root")
            ours = "gathering-" in service.get("image", "")
            expect(ours or "user" in service, f"{subject}: expected a user, for the image is not ours")
            expect(not service.get("image", "").endswith(":latest"), f"{subject}: expected a version, found latest")
            expect("entrypoint" not in service or name in shells, f"{subject}: expected the image's own entry point")
            expect("restart" in service, f"{subject}: expected to be told when it is started again")
            for port in service.get("ports", []):
                if "compose.prod.yaml" not in files:
                    expect(str(port).startswith("127.0.0.1:"), f"{subject}: port {port} is not on the loopback address")
            for volume in service.get("volumes", []):
                source = str(volume).split(":")[0]
                if source.startswith((".", "/", "$")):
                    expect(str(volume).endswith(":ro"), f"{subject}: {volume} can be written to")
                else:
                    expect(source in rest["volumes"], f"{subject}: there is no volume {source}")
            for network in service.get("networks", []):
                expect(network in rest["networks"], f"{subject}: there is no network {network}")
            for secret in service.get("secrets", []):
                source = secret if isinstance(secret, str) else secret["source"]
                expect(source in rest["secrets"], f"{subject}: there is no secret {source}")
            environment = service.get("environment") or {}
            for key, value in environment.items():
                if re.search(r"PASSWORD|TOKEN|SECRET", key) and not key.endswith("_FILE"):
                    expect(value in (None, "${%s:-}" % key), f"{subject}: {key} has a value in the file")
    production = documents(read("compose.prod.yaml"))[0]
    for name, service in production["services"].items():
        for volume in service.get("volumes", []):
            expect(re.match(r"[a-z]", str(volume)), f"compose.prod.yaml: {name}: {volume} is a bind mount")
    agent, controller = merged("compose.yaml")[0]["agent"], merged("compose.yaml")[0]["controller"]
    expect(set(agent["networks"]) & set(controller["networks"]) == {"edge"}, "agent and controller meet in edge only")
    # Whoever extends a service gets only what every version of Compose takes over.
    for name, service in documents(read(COMMON))[0]["services"].items():
        expect(not {"depends_on", "extends", "links", "network_mode", "volumes_from"} & set(service),
               f"{COMMON}: {name} cannot be taken over")
    # In production nothing changes tables by itself, nothing is reached but through proxy and upload port, readiness is
    # what counts, and the files of settings are not hidden by variables of Compose.
    services = merged("compose.prod.yaml")[0]
    for name in ("controller", "controller-init"):
        expect(services[name]["environment"].get("MIGRATE") == "never", f"compose.prod.yaml: {name}: expected MIGRATE=never")
    ports = {name: service["ports"] for name, service in services.items() if service.get("ports") and "profiles" not in service}
    expect(set(ports) == {"proxy", "controller"} and [port.split(":")[-1] for port in ports["controller"]] == ["8022"],
           f"compose.prod.yaml: expected the ports of the proxy and of uploads, found {ports}")
    expect(services["controller"]["healthcheck"]["test"][-2:] == ["health", "--ready"], "compose.prod.yaml: expected readiness")
    expect(services["proxy"]["depends_on"] == {"controller": {"condition": "service_healthy"}},
           "compose.prod.yaml: expected the proxy to wait for a controller that is ready")
    for name in ("agent", "controller"):
        folder = "deploy/env/prod-example"
        own = set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", read(f"{folder}/{name}.env"), re.MULTILINE))
        hidden = own & set(services[name].get("environment") or {})
        expect(not hidden, f"compose.prod.yaml: {name}: {hidden} of {folder} would not count")

    # What can be set is in the example, with the same default; and nothing else is.
    example = dict(re.findall(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", read(".env.example"), re.MULTILINE))
    used = {}
    for name in [COMMON] + COMPOSE_FILES:
        for variable, rule in variables(read(name)):
            used.setdefault(variable, rule)
        # Names without a value are taken from the shell or `.env`.
        for service in documents(read(name))[0]["services"].values():
            for key, value in (service.get("environment") or {}).items():
                if value is None:
                    used.setdefault(key, "")
    used.update({"COMPOSE_FILE": "", "COMPOSE_PROJECT_NAME": ""})
    for variable in used:
        expect(variable in example, f".env.example: {variable} is missing")
    for variable in example:
        expect(variable in used, f".env.example: {variable} is used by no compose file")


def environment_examples():
    """Files of settings with only known names, in the one form that our parser and Compose read the same way."""
    known = set()
    for path in ("env.example", "deploy/controller.env.example"):
        known |= set(re.findall(r"^# ?([A-Z][A-Z0-9_a-z]*) itself|^#?([A-Za-z][A-Z0-9_a-z]*)=", read(path), re.MULTILINE)
                     and re.findall(r"^#([A-Za-z][A-Za-z0-9_]*)=", read(path), re.MULTILINE))
    names = {re.sub(r"_\d+_", "_1_", name) for name in known}
    names |= {name.removesuffix("_FILE") for name in names}
    folder = "deploy/env/prod-example"
    for name in sorted(os.listdir(os.path.join(ROOT, folder))):
        if not name.endswith(".env"):
            continue
        for number, line in enumerate(read(f"{folder}/{name}").splitlines(), 1):
            if not line.strip() or line.startswith("# "):
                continue
            match = re.fullmatch(r"#?([A-Za-z_][A-Za-z0-9_]*)=(.*)", line)
            if not match:
                expect(line == "#", f"{folder}/{name}:{number}: expected NAME=value")
                continue
            variable, value = match.groups()
            expect(re.sub(r"_\d+_", "_1_", variable) in names, f"{folder}/{name}:{number}: nobody knows {variable}")
            expect(not re.search(r"[$`\"']", value), f"{folder}/{name}:{number}: quotes and shell signs are read in two ways")
            if re.search(r"PASSWORD|TOKEN", variable) and not variable.endswith("_FILE"):
                expect(value == "", f"{folder}/{name}:{number}: a secret with a value")


# --- Images ------------------------------------------------------------------------------------------------------

def dockerfile():
    text = read("Dockerfile")
    logical = re.sub(r"\\\n\s*(#[^\n]*\n\s*)*", " ", re.sub(r"^#[^\n]*\n", "", text, flags=re.MULTILINE))
    stages, lines = {}, [line.strip() for line in logical.splitlines() if line.strip()]
    arguments = dict(re.findall(r"^ARG (\w+)=(\S+)", logical, re.MULTILINE))
    stage, last = None, None
    for line in lines:
        match = re.fullmatch(r"FROM (\S+) AS (\w+)", line)
        if match:
            stage = last = match[2]
            stages[stage] = {"base": match[1], "lines": []}
        elif stage:
            stages[stage]["lines"].append(line)
        expect(not re.match(r"ADD ", line), f"Dockerfile: COPY instead of {line}")
        expect(not re.match(r"MAINTAINER|SHELL", line), f"Dockerfile: {line}")
        expect(not re.search(r"\bsudo\b|curl [^|]*\|\s*(ba)?sh", line), f"Dockerfile: {line}")
        expect(not re.match(r"(ENV|ARG) .*(PASSWORD|TOKEN|SECRET)", line), f"Dockerfile: a secret in an image: {line}")
        if "apt-get install" in line:
            expect("--no-install-recommends" in line and "apt-get update" in line,
                   f"Dockerfile: expected an update and no recommendations: {line}")
    for name, tag in (("SWIFT_IMAGE", "docker.io/library/swift:6.3-bookworm"),
                      ("DEBIAN_IMAGE", "docker.io/library/debian:bookworm-slim")):
        expect(arguments.get(name) == tag, f"Dockerfile: {name} is {arguments.get(name)}")
    expect(last == "agent", "Dockerfile: the stage that is built when none is named is the agent")
    for name in ("agent", "controller"):
        own = stages[name]["lines"]
        expect(stages[name]["base"] == "${DEBIAN_IMAGE}", f"Dockerfile: {name} is based on {stages[name]['base']}")
        users = [line for line in own if line.startswith("USER ")]
        expect(users and re.fullmatch(r"USER 1000[12]:1000[12]", users[-1]), f"Dockerfile: {name}: {users}")
        expect(f'ENTRYPOINT ["/usr/bin/{name}"]' in own, f"Dockerfile: {name} is not started without a shell")
        expect(any(line.startswith("HEALTHCHECK") and 'CMD ["' in line for line in own), f"Dockerfile: {name} has no HEALTHCHECK")
        expect(not any(line.startswith("COPY") for line in own), f"Dockerfile: {name} gets files by other ways than the package")
        expect(any("/image/finish" in line for line in own), f"Dockerfile: {name} is not cleaned up in the layer that fills it")
    text = "\n".join(stages["agent"]["lines"])
    for path in ("/home/agent/export", "/home/agent/config", "/home/agent/.ssh", "/home/agent/scraper/agent/env.sh",
                 "EXPOSE 7070"):
        expect(path in text, f"Dockerfile: the older system's {path} is missing")
    ignored = read(".dockerignore").splitlines()
    expect("*" in ignored and "**/.env" in ignored, ".dockerignore: all but what is named stays out")
    for name in ("/.env", "/deploy/env/*", "/certs/*"):
        expect(name in read(".gitignore").splitlines(), f".gitignore: {name} is missing")


# --- Kubernetes --------------------------------------------------------------------------------------------------

POD = {"automountServiceAccountToken", "containers", "enableServiceLinks", "initContainers", "restartPolicy",
       "securityContext", "serviceAccountName", "terminationGracePeriodSeconds", "topologySpreadConstraints", "volumes"}
CONTAINER = {"args", "command", "env", "envFrom", "image", "livenessProbe", "name", "ports", "readinessProbe", "resources",
             "securityContext", "startupProbe", "volumeMounts"}
TOP = {"apiVersion", "kind", "metadata"}
SPECS = {
    ("v1", "Namespace"): None,
    ("v1", "ServiceAccount"): None,
    ("v1", "ConfigMap"): None,
    ("v1", "Service"): {"selector", "ports"},
    ("v1", "PersistentVolumeClaim"): {"accessModes", "resources"},
    ("apps/v1", "Deployment"): {"replicas", "strategy", "selector", "template"},
    ("batch/v1", "CronJob"): {"schedule", "concurrencyPolicy", "startingDeadlineSeconds", "successfulJobsHistoryLimit",
                              "failedJobsHistoryLimit", "jobTemplate"},
    ("networking.k8s.io/v1", "NetworkPolicy"): {"podSelector", "policyTypes", "ingress", "egress"},
    ("batch/v1", "Job"): {"backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished", "template"},
    ("policy/v1", "PodDisruptionBudget"): {"maxUnavailable", "selector"},
}


def rendered(installation):
    program("kubectl", "kubernetes-client")
    result = subprocess.run(["kubectl", "kustomize", os.path.join(ROOT, KUBERNETES, installation)],
                            capture_output=True, text=True, timeout=120)
    if result.returncode != 0:
        wrong(f"{installation}: kubectl kustomize: {result.stderr.strip()}")
        return "", []
    return result.stdout, documents(result.stdout)


def pods(item):
    spec = item.get("spec") or {}
    if item["kind"] in ("Deployment", "Job"):
        return [spec["template"]]
    if item["kind"] == "CronJob":
        return [spec["jobTemplate"]["spec"]["template"]]
    return []


def kubectl_minor():
    """The command's version 1.N."""
    program("kubectl", "kubernetes-client")
    result = subprocess.run(["kubectl", "version", "--client", "--output=json"], capture_output=True, text=True, timeout=120)
    found = re.search(r'"minor": "(\d+)', result.stdout)
    if not found:
        wrong(f"kubectl version: expected its version, found {result.stdout + result.stderr}")
    return int(found[1]) if found else 0


def decoded(subject, item, kinds=("Deployment", "CronJob", "Job")):
    """Has kubectl read an object as the API's own types are; the command does not ask a cluster."""
    if item["kind"] in kinds:
        result = subprocess.run(["kubectl", "set", "resources", "--local", "-f", "-", "--limits=cpu=1", "-o", "name"],
                                input=json.dumps(item), capture_output=True, text=True, errors="replace", timeout=120)
        expect("unable to decode" not in result.stderr, f"{subject}: {item['kind']}: {result.stderr.strip()}")


def known_members(subject, item):
    """Whether it is an object of a kind that we use, with no member that its kind does not have."""
    key = (item["apiVersion"], item["kind"])
    if key not in SPECS:
        wrong(f"{subject}: {key[0]} is not expected")
        return False
    if SPECS[key] is not None:
        expect(set(item) <= TOP | {"spec"}, f"{subject}: unknown {set(item) - TOP - {'spec'}}")
        expect(set(item["spec"]) <= SPECS[key], f"{subject}: unknown {set(item['spec']) - SPECS[key]}")
    return True


def kubernetes_as_written():
    """The objects in the files as they stand, for a kubectl that is too old to put them together (Debian 12 has 1.20)."""
    count = 0
    for directory, _, names in os.walk(os.path.join(ROOT, KUBERNETES)):
        for name in sorted(names):
            path = os.path.relpath(os.path.join(directory, name), ROOT)
            items = documents(read(path))
            if name == "kustomization.yaml" or path.startswith(f"{KUBERNETES}/overlays/") and name != "network-policy.yaml":
                continue
            for item in items:
                count += 1
                subject = f"{path}: {item['kind']} {item['metadata']['name']}"
                if known_members(subject, item):
                    for template in pods(item):
                        restricted(subject, template["spec"], has_version=False)
                    # It has no CronJob of this version.
                    decoded(path, item, ("Deployment", "Job"))
    expect(count > 15, f"{KUBERNETES}: expected more than {count} objects")


def kubernetes():
    if kubectl_minor() < 21:
        kubernetes_as_written()
        return
    for installation in INSTALLATIONS + list(MIGRATIONS):
        text, items = rendered(installation)
        around = items + (rendered(MIGRATIONS[installation])[1] if installation in MIGRATIONS else [])
        names = {(item["kind"], item["metadata"]["name"]) for item in around}
        for item in items:
            subject = f"{installation}: {item['kind']} {item['metadata']['name']}"
            if not known_members(subject, item):
                continue
            expect(item["kind"] == "Namespace" or item["metadata"].get("namespace") == "gathering",
                   f"{subject}: expected the namespace gathering")
            for template in pods(item):
                restricted(subject, template["spec"])
                references(subject, template["spec"], names)
        expect(any(item["kind"] == "NetworkPolicy" and item["spec"]["podSelector"] == {} and
                   set(item["spec"]["policyTypes"]) == {"Ingress", "Egress"} and "ingress" not in item["spec"]
                   for item in around), f"{installation}: nothing forbids what is not allowed")
        for item in items:
            decoded(installation, item)
        try:
            import kubernetes_validate
        except ImportError:
            continue
        for item in items:
            try:
                kubernetes_validate.validate(item, kubernetes_validate.latest_version(), strict=True)
            except kubernetes_validate.ValidationError as error:
                wrong(f"{installation}: {item['kind']} {item['metadata']['name']}: {error.message}")
    example = rendered("overlays/example")[1]
    controller = [item for item in example if item["kind"] == "Deployment"][0]
    expect(controller["spec"]["replicas"] == 1 and controller["spec"]["strategy"]["type"] == "Recreate",
           "example: expected one controller at a time")
    shared = rendered("overlays/postgresql")[1]
    controller = [item for item in shared if item["kind"] == "Deployment"][0]
    expect(controller["spec"]["replicas"] == 2 and controller["spec"]["strategy"]["type"] == "RollingUpdate",
           "postgresql: expected two controllers that take turns")
    volumes = {volume["name"]: volume for volume in controller["spec"]["template"]["spec"]["volumes"]}
    expect(set(volumes["state"]) == {"name", "emptyDir"}, "postgresql: expected a state of each controller's own")
    claims = {item["metadata"]["name"]: item for item in shared if item["kind"] == "PersistentVolumeClaim"}
    claim = claims[volumes["spool"]["persistentVolumeClaim"]["claimName"]]
    expect(claim["spec"]["accessModes"] == ["ReadWriteMany"], "postgresql: expected one spool for all")
    settings = [item for item in shared if item["kind"] == "ConfigMap"][0]["data"]
    for installation in INSTALLATIONS:
        items = rendered(installation)[1]
        own = [item for item in items if item["kind"] == "Deployment"][0]["spec"]["template"]["spec"]["containers"][0]
        expect(own["readinessProbe"]["httpGet"]["path"] == "/readyz", f"{installation}: expected /readyz to tell readiness")
        expect(own["livenessProbe"] == {**own["livenessProbe"], "exec": {"command": ["/usr/bin/controller", "health"]}},
               f"{installation}: expected a restart only of a controller that does not answer")
        maps = [item["data"] for item in items if item["kind"] == "ConfigMap" and item["metadata"]["name"] == "controller"]
        expect(maps[0].get("MIGRATE") == "never", f"{installation}: expected MIGRATE=never")
    for installation, words in (("migrate", ["db", "migrate", "--backup", "/backup/$(POD_NAME).tar.zst"]),
                                ("overlays/postgresql/migrate", ["db", "migrate"])):
        jobs = [item for item in rendered(installation)[1] if item["kind"] == "Job"]
        expect([job["spec"]["template"]["spec"]["containers"][0]["args"] for job in jobs] == [words],
               f"{installation}: expected one job that does {words}")
    expect("STORE_FILE" in settings and "STORE" not in settings, "postgresql: expected the address as a file")
    expect(any(item["kind"] == "PodDisruptionBudget" for item in example), "example: expected a disruption budget")
    expect(sum(item["kind"] == "CronJob" for item in example) == 2, "example: expected a CronJob for each project")


def restricted(subject, pod, has_version=True):
    """The restricted profile, https://kubernetes.io/docs/concepts/security/pod-security-standards, and our own rules."""
    expect(set(pod) <= POD, f"{subject}: unknown {set(pod) - POD}")
    security = pod.get("securityContext", {})
    expect(security.get("runAsNonRoot") is True, f"{subject}: expected runAsNonRoot")
    expect(security.get("runAsUser", 0) >= 10000, f"{subject}: expected a user of the images")
    expect(security.get("seccompProfile", {}).get("type") == "RuntimeDefault", f"{subject}: expected the runtime's seccomp profile")
    expect(pod.get("automountServiceAccountToken") is False, f"{subject}: expected no token of the cluster")
    for container in pod["containers"] + pod.get("initContainers", []):
        name = f"{subject}: {container['name']}"
        expect(set(container) <= CONTAINER, f"{name}: unknown {set(container) - CONTAINER}")
        own = container.get("securityContext", {})
        expect(own.get("allowPrivilegeEscalation") is False, f"{name}: expected no privilege escalation")
        expect(own.get("capabilities", {}).get("drop") == ["ALL"], f"{name}: expected no capabilities")
        expect(own.get("readOnlyRootFilesystem") is True, f"{name}: expected a read-only root")
        expect("memory" in container.get("resources", {}).get("limits", {}), f"{name}: expected a limit of memory")
        expect(not has_version or re.search(r":[0-9]", container["image"]), f"{name}: expected an image with a version: {container['image']}")
        for variable in container.get("env", []):
            if re.search(r"PASSWORD|TOKEN|SECRET", variable["name"]):
                expect(variable["name"].endswith("_FILE"), f"{name}: {variable['name']} has its value in the manifest")


def references(subject, pod, names):
    volumes = {volume["name"] for volume in pod.get("volumes", [])}
    for volume in pod.get("volumes", []):
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        expect(claim is None or ("PersistentVolumeClaim", claim) in names, f"{subject}: there is no claim {claim}")
        expect("hostPath" not in volume, f"{subject}: a path of the machine")
    for container in pod["containers"] + pod.get("initContainers", []):
        for mount in container.get("volumeMounts", []):
            expect(mount["name"] in volumes, f"{subject}: there is no volume {mount['name']}")
        for source in container.get("envFrom", []):
            name = source["configMapRef"]["name"]
            expect(("ConfigMap", name) in names, f"{subject}: there is no configuration {name}")


# --- The rest ----------------------------------------------------------------------------------------------------

def units():
    program("systemd-analyze", "systemd")
    for name in ("agent", "controller"):
        path = os.path.join(ROOT, f"deploy/systemd/gathering-{name}.service")
        result = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager", path],
                                capture_output=True, text=True, timeout=120)
        expect(result.returncode == 0, f"{name}: {(result.stdout + result.stderr).strip().splitlines()[-1:]}")
        text = read(f"deploy/systemd/gathering-{name}.service")
        for line in ("Type=notify", "WatchdogSec=", f"User=gathering-{name}", "Restart=on-failure"):
            expect(line in text, f"{name}: expected {line}")


def scripts():
    found = []
    for folder in ("deploy", "Tests/DeploymentTests"):
        for directory, _, names in os.walk(os.path.join(ROOT, folder)):
            for name in names:
                path = os.path.join(directory, name)
                with open(path, "rb") as file:
                    if re.match(rb"#!/bin/(ba)?sh", file.readline()):
                        found.append(os.path.relpath(path, ROOT))
    expect(len(found) > 10, f"expected more scripts than {found}")
    for path in found:
        shell = "bash" if "bash" in read(path).splitlines()[0] else "sh"
        result = subprocess.run([shell, "-n", os.path.join(ROOT, path)], capture_output=True, text=True, timeout=60)
        expect(result.returncode == 0, f"{path}: {result.stderr}")
        executable = os.access(os.path.join(ROOT, path), os.X_OK)
        expect(executable or "debian/" in path, f"{path}: expected it to be executable")
    program("shellcheck", "shellcheck")
    # `install-packages` splits its lists into words on purpose.
    result = subprocess.run(["shellcheck", "--external-sources", "--severity=warning", "--exclude=SC2209", "--format=gcc"]
                            + found, cwd=ROOT, capture_output=True, text=True, timeout=300)
    expect(result.returncode == 0, result.stdout)


def workflows():
    folder = ".github/workflows"
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    for name in sorted(os.listdir(os.path.join(ROOT, folder))):
        workflow = documents(read(f"{folder}/{name}"))[0]
        # YAML reads the bare word `on` as true.
        expect(True in workflow or "on" in workflow, f"{name}: expected to be told when")
        expect(workflow.get("permissions") == {"contents": "read"}, f"{name}: expected no more rights than reading")
        for job, description in workflow["jobs"].items():
            expect("timeout-minutes" in description, f"{name}: {job}: expected a time limit")
            for step in description["steps"]:
                if "uses" in step:
                    expect(re.search(r"@v\d|@[0-9a-f]{40}$", step["uses"]), f"{name}: {job}: {step['uses']} has no version")
                for target in re.findall(r"\bmake ((?:[a-z-]+ ?)+)", step.get("run", "")):
                    if "apt-get" in step["run"]:
                        continue
                    expect(set(target.split()) <= targets, f"{name}: {job}: make has no {target}")
                for script in re.findall(r"(?:^|\s)((?:deploy|Tests)/\S+)", step.get("run", "")):
                    expect(os.access(os.path.join(ROOT, script), os.X_OK), f"{name}: {job}: there is no {script}")


CHECKS = {check.__name__: check for check in (
    compose, environment_examples, dockerfile, kubernetes, units, scripts, workflows)}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in CHECKS:
        sys.exit(f"deployment.py {'|'.join(CHECKS)}")
    CHECKS[sys.argv[1]]()
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)

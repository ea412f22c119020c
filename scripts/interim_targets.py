#!/usr/bin/python3
"""Real servers to test: their profiles, and how each is started, awaited and stopped.

A profile is scripts/targets/NAME/profile.toml with the server's own configuration beside it. In its
strings and in the configuration these are filled in: {dir} (the server's own temporary directory),
{config} (the first configuration file, rendered), {listen_port}, {tls_port}, {origin_port}, {certificate}
(a file with a certificate that nobody vouches for and its key, made at the start) and {npm} (where
scripts/setup installs what the profile names from npm). A server is ready when its port takes connections;
with `answers = true` in [ready], when it answers a request, in whatever way.

A server that ends is started again where the profile says `restart = true`. What has to be compiled or laid
out first is done by the commands of `build`, in {dir}; a file of `needs` that is not there means that the
server is not installed. `triggers` are the requests that make an origin send an interim response, as
`interim run --trigger` takes them.

`skip` tells why its results are not published: scripts/matrix leaves it out.

`fronts` are the HTTP versions that `url` takes (h2: with prior knowledge), `tls_fronts` those that `tls_url`
takes. `back` is the version in which the server asks its origin: one profile has one.

    with Server(load_profile("haproxy")) as server:
        subprocess.run(["build/interim", "run", "--target", server.url, "--origin", server.origin])

By hand, with {url}, {tls_url}, {origin} and {pid} filled in, and {triggers} become the options that give
them; the server is stopped when the command ends:

    scripts/interim_targets.py haproxy -- build/interim run --target {url} --origin {origin}
    scripts/interim_targets.py node -- build/interim run --seat origin --target {url} {triggers}
"""

import os
import random
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

TARGETS = Path(__file__).resolve().parent / "targets"
# Where scripts/setup installs packages of npm, one directory for all profiles.
NPM = Path(__file__).resolve().parent.parent / "build" / "npm"

# Below the ports that the kernel hands out to outgoing connections, of which a run makes thousands.
PORTS = range(20000, 32000)
READY_SECONDS = 20.0
BUILD_SECONDS = 120.0
STOP_SECONDS = 5.0
START_TRIES = 3
LOG_TAIL = 8000

# Runs a command again whenever it ends, once it was ready. Ends with it when told to.
AGAIN = """
trap 'kill $server; wait; exit 0' TERM
while "$@" & server=$!; wait $server; status=$?; [ -e ready ] || exit $status; do
  sleep 0.05
done
"""

# Debian's servers lie where only root's PATH leads.
PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


class ProfileError(Exception):
    """A profile that does not exist or is wrong; says where, why and what to do."""


class NotInstalled(Exception):
    """The server's program is not on this machine."""


class StartFailed(Exception):
    """The server ended, or did not open its port in time; carries the end of its log."""


@dataclass(frozen=True)
class Profile:
    """What scripts/targets/NAME/profile.toml says."""

    name: str
    directory: Path
    packages: list
    command: list
    url: str
    seat: str = "gateway"
    fronts: list = field(default_factory=lambda: ["h1"])
    tls_url: str = ""
    tls_fronts: list = field(default_factory=list)
    back: str = "h1"
    npm: list = field(default_factory=list)
    restart: bool = False
    needs: list = field(default_factory=list)
    build: list = field(default_factory=list)
    triggers: list = field(default_factory=list)
    configs: list = field(default_factory=list)
    env: dict = field(default_factory=dict)
    version: dict = field(default_factory=dict)
    ready: dict = field(default_factory=dict)
    notes: str = ""
    skip: str = ""

    @property
    def npm_names(self):
        """Of NAME@VERSION the names."""
        return [package.rpartition("@")[0] for package in self.npm]

    @property
    def expect(self):
        """The file of known deviations, or None."""
        path = self.directory / "expect"
        return path if path.is_file() else None


# key -> (type, whether it must be there)
PROFILE_KEYS = {
    "name": (str, True),
    "packages": (list, True),
    "command": (list, True),
    "url": (str, True),
    "seat": (str, False),
    "fronts": (list, False),
    "tls_url": (str, False),
    "tls_fronts": (list, False),
    "back": (str, False),
    "npm": (list, False),
    "restart": (bool, False),
    "needs": (list, False),
    "build": (list, False),
    "triggers": (list, False),
    "configs": (list, False),
    "env": (dict, False),
    "version": (dict, False),
    "ready": (dict, False),
    "notes": (str, False),
    "skip": (str, False),
}
TABLE_KEYS = {"version": {"command": list, "pattern": str}, "ready": {"port": str, "answers": bool}}
SEATS = ("origin", "gateway", "proxy", "client")
VERSIONS = ("h1", "h2")
PLACEHOLDERS = ("dir", "config", "listen_port", "tls_port", "origin_port", "certificate", "npm")


def known_targets(targets=TARGETS):
    """The names of all profiles, sorted."""
    return sorted(path.parent.name for path in targets.glob("*/profile.toml"))


def load_profile(name, targets=TARGETS):
    """Read and check one profile; ProfileError says what is wrong with it."""
    directory = targets / name
    path = directory / "profile.toml"
    if name not in known_targets(targets):
        known = ", ".join(known_targets(targets)) or "none"
        raise ProfileError(f"no target is named {name!r}; known: {known}")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: {error}") from error
    _check_profile(path, name, data)
    return Profile(directory=directory, **data)


def _check_profile(path, name, data):
    for key in data:
        if key not in PROFILE_KEYS:
            known = ", ".join(PROFILE_KEYS)
            raise ProfileError(f"{path}: unknown key {key!r}; known: {known}")
    for key, (kind, required) in PROFILE_KEYS.items():
        if key not in data and required:
            raise ProfileError(f"{path}: the key {key!r} is missing")
        if key in data and not isinstance(data[key], kind):
            raise ProfileError(f"{path}: {key!r} must be a {kind.__name__}")
    for table, keys in TABLE_KEYS.items():
        for key, value in data.get(table, {}).items():
            if not isinstance(value, keys.get(key, ())):
                known = ", ".join(f"{key} ({kind.__name__})" for key, kind in keys.items())
                raise ProfileError(f"{path}: [{table}] has no such {key!r}; known: {known}")
    if data["name"] != name:
        raise ProfileError(f"{path}: 'name' is {data['name']!r}, but the directory is {name!r}")
    if data.get("seat", "gateway") not in SEATS:
        raise ProfileError(f"{path}: 'seat' must be one of {', '.join(SEATS)}")
    if not data["command"]:
        raise ProfileError(f"{path}: 'command' is empty")
    _check_extras(path, data)
    for text in [*data["command"], data["url"], data.get("tls_url", ""), *data.get("triggers", [])]:
        for unknown in set(re.findall(r"\{(\w+)\}", text)) - set(PLACEHOLDERS):
            raise ProfileError(f"{path}: {{{unknown}}} in {text!r} is none of {PLACEHOLDERS}")
    for config in data.get("configs", []):
        if not (path.parent / config).is_file():
            raise ProfileError(f"{path}: 'configs' names {config!r}, which is not beside it")


def _check_extras(path, data):
    if data.get("back", "h1") not in VERSIONS:
        raise ProfileError(f"{path}: 'back' must be one of {', '.join(VERSIONS)}")
    for package in data.get("npm", []):
        if not re.fullmatch(r"@?[^@\s]+@[\d.]+", package):
            raise ProfileError(f"{path}: {package!r} in 'npm' is not NAME@VERSION")
    for command in data.get("build", []):
        if not isinstance(command, list) or not command:
            raise ProfileError(f"{path}: {command!r} in 'build' is not a list of words")
    for trigger in data.get("triggers", []):
        if not re.fullmatch(r"1\d\d=\S+ \S+( \|.*)?", trigger):
            raise ProfileError(f"{path}: {trigger!r} in 'triggers' is not CODE=METHOD PATH [| NAME: VALUE]")
    for key in ("fronts", "tls_fronts"):
        for version in data.get(key, []):
            if version not in VERSIONS:
                raise ProfileError(f"{path}: {version!r} in {key!r} is none of {', '.join(VERSIONS)}")
    if bool(data.get("tls_url")) != bool(data.get("tls_fronts")):
        raise ProfileError(f"{path}: 'tls_url' and 'tls_fronts' need each other")


def free_ports(count):
    """Distinct TCP ports of 127.0.0.1 on which nothing listens now."""
    found = []
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            # A port whose last connections are in TIME_WAIT is free to a server, as servers set this too.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise StartFailed("no free port on 127.0.0.1")


def with_npm(word):
    """A word of a profile with {npm} filled in."""
    return word.replace("{npm}", f"{NPM}/node_modules")


def missing_of(profile):
    """What the server needs and this machine lacks: programs, files, packages of npm."""
    programs = [with_npm(command[0]) for command in [*profile.build, profile.command]]
    # What lies in {dir} is made at the start.
    missing = [name for name in programs if "{dir}" not in name and not shutil.which(name, path=PATH)]
    missing += [path for path in profile.needs if not Path(path).exists()]
    return missing + [name for name in profile.npm_names if not (NPM / "node_modules" / name).is_dir()]


def version_of(profile):
    """The version that the installed program tells, or "" when it tells none."""
    if not profile.version:
        return ""
    try:
        done = subprocess.run(
            [with_npm(word) for word in profile.version["command"]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=READY_SECONDS,
            check=False,
            env=os.environ | {"PATH": PATH},
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return ""
    found = re.search(profile.version["pattern"], done.stdout + done.stderr)
    return found.group(1) if found else ""


def make_certificate(path):
    """Write a certificate of 127.0.0.1 and its key into one file."""
    key, certificate = f"{path}.key", f"{path}.crt"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate]
    command += ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise NotInstalled("openssl is not installed: run scripts/setup") from error
    if done.returncode != 0:
        raise StartFailed(f"openssl made no certificate:\n{done.stderr}")
    path.write_text(Path(certificate).read_text() + Path(key).read_text(), encoding="ascii")


def listens(port):
    """Whether a port of 127.0.0.1 takes connections."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(port):
    """Whether a server answers a request, in whatever way."""
    request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
            probe.sendall(request)
            return probe.recv(1) != b""
    except OSError:
        return False


class Server:
    """One run of a profile's server. A context manager: started on entry, stopped on exit."""

    def __init__(self, profile):
        self.profile = profile
        self.version = ""
        self.process = None
        self.directory = None
        self.listen_port = 0
        self.tls_port = 0
        self.origin_port = 0

    @property
    def url(self):
        return self._fill(self.profile.url)

    @property
    def tls_url(self):
        return self._fill(self.profile.tls_url)

    @property
    def origin(self):
        """Where the server expects its origin: for `interim run --origin`."""
        return f"127.0.0.1:{self.origin_port}"

    @property
    def triggers(self):
        """The words that give `interim run` its triggers."""
        return [word for text in self.profile.triggers for word in ("--trigger", self._fill(text))]

    @property
    def pid(self):
        return self.process.pid

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.stop()

    def start(self):
        """Start the server and wait for its port. NotInstalled, or StartFailed with its log."""
        missing = missing_of(self.profile)
        if missing:
            raise NotInstalled(
                f"{missing[0]} is not installed: run scripts/setup --targets {self.profile.name}"
            )
        self.version = version_of(self.profile)
        for last in (False,) * (START_TRIES - 1) + (True,):
            try:
                self._start_once()
                return
            except StartFailed:
                # Somebody else may have taken the port since it was found free.
                self.stop()
                if last:
                    raise

    def stop(self):
        """Terminate the server, kill what is left of its session, remove its directory."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            self._kill_session()
            self.process = None
        if self.directory is not None:
            # A child that is still dying may write there.
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory = None

    def _kill_session(self):
        """Until its last process is gone the port may still take connections."""
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                break
            self.process.poll()
            time.sleep(0.005)
        self.process.wait()

    def log(self):
        """The end of what the server wrote to its standard output and error."""
        if self.directory is None:
            return ""
        text = (self.directory / "log").read_text(encoding="utf-8", errors="replace")
        return text[-LOG_TAIL:]

    def _start_once(self):
        self.listen_port, self.tls_port, self.origin_port = free_ports(3)
        self.directory = Path(tempfile.mkdtemp(prefix=f"interim-{self.profile.name}-"))
        if self.profile.tls_url:
            make_certificate(self.directory / "certificate.pem")
        for config in self.profile.configs:
            template = (self.profile.directory / config).read_text(encoding="utf-8")
            (self.directory / config).write_text(self._fill(template), encoding="utf-8")
            # A CGI program is one that may be executed.
            shutil.copymode(self.profile.directory / config, self.directory / config)
        command = [self._fill(word) for word in self.profile.command]
        if self.profile.restart:
            command = ["sh", "-c", AGAIN, "sh", *command]
        with open(self.directory / "log", "wb") as log:
            options = self._process_options(log)
            for step in self.profile.build:
                self._build([self._fill(word) for word in step], options)
            self.process = subprocess.Popen(command, **options)
        self._await_ready()
        (self.directory / "ready").touch()

    def _process_options(self, log):
        """How the server's processes run: in its directory, with nothing of ours."""
        environment = os.environ | {"PATH": PATH, "HOME": str(self.directory)}
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            environment[name] = str(self.directory)
        environment |= {key: self._fill(text) for key, text in self.profile.env.items()}
        return {
            "cwd": self.directory,
            "env": environment,
            "stdin": subprocess.DEVNULL,
            "stdout": log,
            "stderr": subprocess.STDOUT,
            "start_new_session": True,
            **self._owner(),
        }

    def _build(self, command, options):
        try:
            status = subprocess.run(command, check=False, timeout=BUILD_SECONDS, **options).returncode
        except subprocess.TimeoutExpired as error:
            raise StartFailed(self._failure(f"was not built in {BUILD_SECONDS:.0f} s")) from error
        if status != 0:
            words = shlex.join(command)
            raise StartFailed(self._failure(f"was not built: status {status} of {words}"))

    def _owner(self):
        """As root, the server runs as nobody, in a directory that belongs to it."""
        if os.geteuid() != 0:
            return {}
        for path in [self.directory, *self.directory.iterdir()]:
            shutil.chown(path, "nobody", "nogroup")
        return {"user": "nobody", "group": "nogroup", "extra_groups": []}

    def _await_ready(self):
        port = int(self._fill(self.profile.ready.get("port", "{listen_port}")))
        is_ready = answers if self.profile.ready.get("answers") else listens
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            status = self.process.poll()
            if status is not None:
                raise StartFailed(self._failure(f"ended with status {status} at its start"))
            if is_ready(port):
                return
            time.sleep(0.01)
        raise StartFailed(self._failure(f"was not ready on port {port} in {READY_SECONDS:.0f} s"))

    def _failure(self, what):
        return f"{self.profile.name} {what}; its log:\n{self.log() or '(empty)'}"

    def _fill(self, text):
        config = self.profile.configs[0] if self.profile.configs else ""
        values = {
            "dir": self.directory,
            "config": f"{self.directory}/{config}",
            "listen_port": self.listen_port,
            "tls_port": self.tls_port,
            "origin_port": self.origin_port,
            "certificate": f"{self.directory}/certificate.pem",
            "npm": NPM / "node_modules",
        }
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text


def main(arguments):
    if len(arguments) < 3 or arguments[1] != "--":
        print("usage: scripts/interim_targets.py NAME -- COMMAND...", file=sys.stderr)
        return 2
    try:
        with Server(load_profile(arguments[0])) as server:
            values = {"{url}": server.url, "{tls_url}": server.tls_url}
            values |= {"{origin}": server.origin, "{pid}": str(server.pid)}
            words = []
            for word in arguments[2:]:
                words += server.triggers if word == "{triggers}" else [word]
            for name, value in values.items():
                words = [word.replace(name, value) for word in words]
            status = subprocess.run(words, check=False).returncode
            # As a shell tells it: 128 and the signal's number.
            return status if status >= 0 else 128 - status
    except ProfileError as error:
        print(f"interim_targets: {error}", file=sys.stderr)
        return 2
    except (NotInstalled, StartFailed, FileNotFoundError) as error:
        print(f"interim_targets: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

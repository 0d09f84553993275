#!/usr/bin/env python3
"""Records what the program prints, and compares two records: for a change that must not change behaviour.

    .ci/records.py record PROGRAM FILE      exit code and output of every sandbox ID, fixture, fault and usage error
    .ci/records.py compare OLD NEW [--words] the differences; --words masks what a change of wording touches

Timestamps, ports and days left are masked in the record: the sandbox moves with the clock. --words masks `message`,
`hint` and stderr, and the notes below the table.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FORMATS = ["table", "json", "ndjson"]
VOLATILE = [
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"), "<timestamp>"),
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "<date>"),
    (re.compile(r'"(not_after_raw|days_left)":[^,}]*'), r'"\1":0'),
    (re.compile(r"\b\d{10}(?:\d{3})?\b"), "<epoch>"),
    (re.compile(r"(?:in |for |ended )?\d+ (?:days?|hours?|minutes?|h|d)\b(?: ago| left)?"), "<span>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:0"),
    (re.compile(r"/[^ ]*/home-of-records-[^/ ]*"), "<home>"),
    (re.compile(r'("request_id":\s*)"[^"]*"'), r'\1"<request>"'),
    (re.compile(r"\b[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\b"), "<request>"),
]
USAGE = ROOT / "tests/snapshots/mistakes.rs"
MISTAKE = re.compile(r'^    "((?:[^"\\]|\\.)*)",$', re.M)


def mask(text):
    for pattern, name in VOLATILE:
        text = pattern.sub(name, text)
    return text


def run(program, arguments, environment):
    done = subprocess.run([program, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    stdout, stderr = (mask(part.decode("utf-8", "replace")) for part in (done.stdout, done.stderr))
    return {"exit": done.returncode, "stdout": stdout, "stderr": stderr}


class Sandbox:
    """A sandbox with one fault at most, the environment that reaches it, and its sample commands."""

    def __init__(self, program, home, *flags):
        self.environment = {"HOME": home, "COLUMNS": "120"}
        self.process = subprocess.Popen([program, "sandbox", *flags], stdout=subprocess.PIPE, text=True, env=self.environment)
        self.commands = []
        for line in self.process.stdout:
            if line.startswith("export "):
                name, _, value = line[len("export "):].strip().partition("=")
                self.environment[name] = value
            elif line.startswith("certcheck "):
                self.commands.append(line.partition("  #")[0].split()[1:])
            if line == "# Ready.\n":
                break

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def faults(program, home):
    said = subprocess.run([program, "sandbox", "--fault", "?"], capture_output=True, text=True, env={"HOME": home}).stderr
    words = re.split(r"[\s,;]+", said.partition("there are")[2].partition("hint:")[0])
    numbers = {"CODE": "503", "SECONDS": "3600", "N": "3", "BYTES": "1000"}
    names = [word for word in words if word not in ("", "for", "lists")]
    return [":".join([name.split(":")[0], *(numbers[unit] for unit in name.split(":")[1:])]) for name in names]


def record(program, target):
    program = str(pathlib.Path(program).resolve())
    records = {}
    pool = concurrent.futures.ThreadPoolExecutor(4)
    with tempfile.TemporaryDirectory(prefix="home-of-records-") as home:
        pending = {}

        def ask(name, arguments, environment):
            pending[name] = pool.submit(run, program, arguments, environment)

        def settle():
            records.update((name, future.result()) for name, future in pending.items())
            pending.clear()

        with Sandbox(program, home) as sandbox:
            for command in sandbox.commands:
                for form in FORMATS:
                    ask(f"sandbox {' '.join(command)} -o {form}", [*command, "-o", form], sandbox.environment)
            # The first sample of each provider; before its ID stand the flags that its account needs.
            samples = {command[0]: command for command in reversed(sandbox.commands)}
            for provider, command in samples.items():
                for form in FORMATS:
                    ask(f"all {provider} -o {form}", [*command[:-2], "--all", "-o", form], sandbox.environment)
            settle()
        for fault in faults(program, home):
            with Sandbox(program, home, "--fault", fault) as sandbox:
                for provider, command in samples.items():
                    flags = ["--retries", "0", "--timeout", "1s", "-o", "json"]
                    ask(f"fault {fault} {provider}", [*command, *flags], sandbox.environment)
                settle()
        bare = {"HOME": home, "COLUMNS": "120"}
        for provider in samples:
            for file in sorted((ROOT / "fixtures" / provider).rglob("*.json")):
                for form in FORMATS:
                    name = str(file.relative_to(ROOT))
                    ask(f"saved {name} -o {form}", [provider, "--from", str(file), "--at", "2026-11-22", "-o", form], bare)
        settle()
        for mistake in MISTAKE.findall(USAGE.read_text()):
            arguments = mistake.encode().decode("unicode_escape").split(" ")
            if arguments[0] != "sandbox":
                ask(f"usage {mistake}", arguments, bare)
        settle()
    pathlib.Path(target).write_text("".join(json.dumps([name, told]) + "\n" for name, told in sorted(records.items())))
    print(f"{len(records)} records")


def without_words(told):
    told = dict(told, stderr="")
    told["stdout"] = re.sub(r'"(message|hint)":\s*(?:"(?:[^"\\]|\\.)*"|null)', r'"\1":""', told["stdout"])
    if not told["stdout"].startswith("{"):
        # Notes and errors stand below the table, behind its first empty line.
        told["stdout"] = told["stdout"].partition("\n\n")[0]
    return told


def compare(old, new, words):
    sides = []
    for file in (old, new):
        side = dict(json.loads(line) for line in pathlib.Path(file).read_text().splitlines())
        sides.append({name: without_words(told) if words else told for name, told in side.items()})
    different = 0
    for name in sorted(sides[0].keys() | sides[1].keys()):
        before, after = (side.get(name) for side in sides)
        if before != after:
            different += 1
            print(f"== {name}\n-- {before}\n++ {after}")
    print(f"{different} of {len(sides[0])} records differ")
    return 1 if different else 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["record", program, target]:
            record(program, target)
        case ["compare", old, new, *words]:
            sys.exit(compare(old, new, words == ["--words"]))
        case _:
            sys.exit(__doc__)

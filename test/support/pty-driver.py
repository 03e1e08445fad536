"""A program on a terminal of its own. argv[1]: JSON with argv, env, cwd and steps; prints JSON with what
was on the screen, how it ended, and what each step saw."""

import json, os, pty, re, select, signal, sys, time

spec = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.chdir(spec["cwd"])
    os.execvpe(spec["argv"][0], spec["argv"], spec["env"])

screen = b""
read_to = 0
groups = {}
failure = None


def read(seconds):
    global screen
    ready, _, _ = select.select([terminal], [], [], seconds)
    if not ready:
        return True
    try:
        data = os.read(terminal, 65536)
    except OSError:
        return False
    screen += data
    return data != b""


def state(process):
    with open(f"/proc/{process}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def wait(pattern, limit=15):
    """For a text on the screen, behind what was waited for before; its named groups are kept."""
    global read_to
    end = time.time() + limit
    while time.time() < end:
        found = re.search(pattern.encode(), screen[read_to:])
        if found:
            read_to += found.end()
            groups.update({name: text.decode() for name, text in found.groupdict().items()})
            return
        if not read(0.05):
            break
    raise TimeoutError(f"never saw {pattern}")


try:
    for verb, *words in spec["steps"]:
        if verb == "wait":
            wait(words[0])
        elif verb == "type":
            os.write(terminal, words[0].encode())
        elif verb == "kill":
            os.kill(int(groups[words[0]]), getattr(signal, words[1]))
        elif verb == "pause":
            end = time.time() + words[0]
            while time.time() < end:
                read(0.02)
        elif verb == "state":
            end = time.time() + 5
            while state(groups[words[0]]) not in words[1] and time.time() < end:
                read(0.02)
            groups[f"{words[0]} {words[1]}"] = state(groups[words[0]])
    end = time.time() + 15
    while read(0.05) and time.time() < end:
        pass
except Exception as error:
    failure = str(error)
    os.kill(pid, signal.SIGKILL)
_, status = os.waitpid(pid, 0)
print(
    json.dumps(
        {
            "code": os.waitstatus_to_exitcode(status),
            "screen": screen.decode(errors="replace"),
            "groups": groups,
            "failure": failure,
        }
    )
)

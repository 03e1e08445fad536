"""A command that tells of each signal: its name, whether the terminal sent it or a process, and when.
It ends with 7 on the word "end", or after argv[1] signals."""

import os, select, signal, sys, time

NAMES = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"]
waited = {getattr(signal, name) for name in NAMES}
signal.pthread_sigmask(signal.SIG_BLOCK, waited)
terminal = all(os.isatty(fd) for fd in (0, 1, 2))
group = "foreground" if terminal and os.tcgetpgrp(0) == os.getpgrp() else "background"
print(f"ready pid={os.getpid()} parent={os.getppid()} tty={terminal} {group}", flush=True)
left = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
while left > 0:
    info = signal.sigtimedwait(waited, 10)
    if info is None:
        break
    sender = "terminal" if info.si_pid == 0 else "parent" if info.si_pid == os.getppid() else "other"
    print(f"got {signal.Signals(info.si_signo).name} from={sender} at={time.time() * 1000:.1f}", flush=True)
    left -= 1
sys.exit(7)

"""`python -m app.leash COMMAND…`: become COMMAND, and get SIGTERM when the process that started us dies.

Otherwise a supervisor that is killed leaves a web server that keeps the port. Only Linux can do it; elsewhere
COMMAND simply runs.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(command: list[str]) -> None:
    """Replace this process by `command`."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we were tied to it
            return
    os.execvp(command[0], command)  # noqa: S606 - the supervisor's own command


if __name__ == "__main__":
    main(sys.argv[1:])

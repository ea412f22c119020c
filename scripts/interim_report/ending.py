"""How a script ends when it is not let finish: without a word, as other tools do."""

import os
import signal
import sys


def run(main, *arguments):
    """The exit status of main(*arguments); where standard output is gone (`| head`) or somebody interrupts,
    the one that a shell tells of the signal. main is left by an exception then, so that it can clean up."""
    try:
        try:
            return main(*arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # What is still unwritten would fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT

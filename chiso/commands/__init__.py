"""One module a command: its options and help, and the few lines that call the package.

Each module has `command()`, which makes the click command in the language in use, and defers its
heavy imports to the call, so that `chiso --help` stays quick.
"""

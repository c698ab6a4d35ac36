"""`python -m autom3l` is the command `autom3l`."""

from autom3l.cli import app

if __name__ == "__main__":
    app(prog_name="autom3l")

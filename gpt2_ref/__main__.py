"""`python -m gpt2_ref`: see gpt2_ref/course/command_line.py."""

import sys

from gpt2_ref.course.command_line import main

if __name__ == "__main__":
    sys.exit(main())

"""What goes wrong for a person at the keyboard.

Here: the one error whose text is shown as it is. Not here: programming errors, which keep their traceback.
"""


class StackFault(Exception):
    """Something is missing, refused or in use; the message is one sentence that says what and how to mend it."""

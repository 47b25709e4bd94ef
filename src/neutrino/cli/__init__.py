"""The command line of the development stack (``./stack``).

Here: words, tables and exit statuses. Not here: the work (neutrino.stack).
"""

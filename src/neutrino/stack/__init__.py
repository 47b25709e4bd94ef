"""The development stack: a whole cloud network on one machine, hosts and instances as network namespaces.

Here: starting programs and speaking HTTP. Not here: any product code.
"""

"""What Linux offers to a network of processes: namespaces, devices, and facts about processes.

Here: thin typed calls of the kernel. Not here: what they are used for.
"""

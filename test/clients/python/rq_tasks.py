"""What RQ's workers run."""


def double(n):
    return 2 * n


def fail(text):
    raise ValueError(text)


def count(dependencies):
    return dependencies

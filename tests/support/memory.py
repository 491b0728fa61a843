"""Measure the peak memory of a process by itself, whatever started it."""

PEAK_MB = 'next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM:")) / 1024'
"""The expression with which a program finds its own peak in MB.

The kernel counts VmHWM from the moment a program begins.  `ru_maxrss` keeps the peak of the process that started it.
"""


def peak_megabytes() -> float:
    """Return the peak of this process in MB."""
    return float(eval(PEAK_MB))

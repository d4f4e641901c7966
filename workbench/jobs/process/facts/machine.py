"""What a process can say of its machine without a library of models."""

import platform
import subprocess
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")


def processor_name(info: Path = _CPU_INFO) -> str:
    """The processor's own name."""
    if info.is_file():
        for line in info.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    if platform.system() == "Darwin":
        done = subprocess.run(
            ["sysctl", "-n", "machdep.cpu.brand_string"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
        return done.stdout.strip()
    return platform.processor() or platform.machine()

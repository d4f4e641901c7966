"""What Python raises over an archive that is torn, locked, or packed in a way it does not know."""

import struct
import zipfile
import zlib

TORN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    KeyError,
    EOFError,
    NotImplementedError,
    RuntimeError,  # a password, for one
    UnicodeDecodeError,
    OSError,  # a part that begins before the file does; so not where anything is written
)

from struct import Struct

from whoosh.filedb.structfile import BufferFile

class W3Codec:
    TERMS_EXT: str
    POSTS_EXT: str
    def __init__(self, blocklimit: int = ..., compression: int = ..., inlinelimit: int = ...) -> None: ...

class W3TermInfo:
    _struct: Struct

class _HashReader:
    def __getitem__(self, key: bytes) -> bytes: ...

class W3TermsReader:
    _tindex: _HashReader
    def __init__(self, codec: W3Codec, dbfile: BufferFile, length: int, postfile: BufferFile) -> None: ...
    def _keycoder(self, fieldname: str, tbytes: bytes) -> bytes: ...

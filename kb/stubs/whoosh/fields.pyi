from whoosh.formats import Format

class FieldType:
    def __init__(self, format: Format, analyzer: None) -> None: ...

"""``ExportJob`` x ``Catalogue`` x ``Window`` -> SQL; ``statements/`` holds the shape of each kind of template."""

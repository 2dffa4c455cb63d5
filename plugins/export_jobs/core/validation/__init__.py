"""Find every issue of a definition, a definition file or a catalogue; each rule is one small function."""

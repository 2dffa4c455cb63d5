"""Every issue of a definition, a definition file or a catalogue at once; the rules are one small function each."""

"""The commands, one module a subject; ``cli/parser.py`` names each as module:function."""

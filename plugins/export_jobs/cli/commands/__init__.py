"""The commands, one module for each subject; ``cli/parser.py`` names each as module:function."""

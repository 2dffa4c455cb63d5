"""What every other folder of core stands on: frozen values, issues, texts, YAML and its shape, documents."""

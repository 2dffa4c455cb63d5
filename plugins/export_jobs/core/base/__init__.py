"""What every other folder of core uses: frozen values, issues, texts, YAML and its shape, documents."""

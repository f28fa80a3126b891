"""The side of the SDK that runs inside the sandbox: it alone knows what componentize-py makes of `wit/`."""

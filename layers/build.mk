# What every layer's Makefile includes: `sam build --build-in-source` calls `build-<LogicalId>` in the layer's folder.
# AAM_LAYER_TARGET chooses the machine: `host` (this one), `aws-x86_64` or `aws-arm64`; the default is what runs on AWS.
AAM_PYTHON ?= $(firstword $(wildcard ../../.venv/bin/python) python3)
AAM_LAYER_TARGET ?= aws-x86_64

# The shell says which folder this is: make's own functions take a path with a space for two.
build-%:
	@"$(AAM_PYTHON)" -P ../build_layer.py "$$(basename "$$(pwd)")" --target $(AAM_LAYER_TARGET) --into "$(ARTIFACTS_DIR)"

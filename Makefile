# What people type. `make` tells what there is; everything else is in the scripts that are called here.

# Every target may import only what Package.swift says it depends on.
CHECKED := --explicit-target-dependency-import-check error
# One file each that runs on any Debian 12 with the libraries: the Swift runtime is inside, symbols are not.
# The toolchain's own linker: the system's warns of a function in the Swift runtime that nothing here calls.
RELEASE := -c release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --gc-sections -Xlinker -s $(CHECKED)

.DEFAULT_GOAL := help
.PHONY: help build test demo bench check clean

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s  %s\n", $$1, $$2 }' Makefile

build: ## Build both programs for release: .build/release/agent and .build/release/controller
	@deploy/install-packages build
	swift build $(RELEASE) --product agent </dev/null
	swift build $(RELEASE) --product controller </dev/null

test: ## Install what the tests need, and run them all
	@deploy/install-packages build run test
	swift build --build-tests $(CHECKED) </dev/null
	swift test --skip-build </dev/null

demo: ## Do the whole job on this machine; with REPO=<path or URL> for another repository than this one
	@deploy/install-packages build run test
	@$(MAKE) --no-print-directory build
	deploy/demo/run </dev/null

check: ## Check the form of the code
	swift format lint --strict --recursive Package.swift Sources Tests </dev/null

clean: ## Remove what was built and what the demo left
	rm -rf .build .demo

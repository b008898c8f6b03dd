# What people type. `make` tells what there is; everything else is in the scripts that are called here.

# Every target may import only what Package.swift says it depends on.
CHECKED := --explicit-target-dependency-import-check error
# One file each that runs on any Debian 12 with the libraries: the Swift runtime is inside, symbols are not.
# The toolchain's own linker: the system's warns of a function in the Swift runtime that nothing here calls.
# The same sources give the same bytes wherever they lie: no path of this machine goes in, and no random identity.
# Nothing is exported, so that what nobody calls is dropped, and relocations are packed: both are a tenth of the file.
# Nothing unwinds its stack: deploy/no-unwind-tables.ld.
# libarchive goes in whole: the shared one brings 40 MB of libraries for formats that nobody here reads.
STATIC := $(CURDIR)/.build/static
RELEASE := -c release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --gc-sections -Xlinker -s \
	-Xlinker --build-id=none -Xlinker -L$(STATIC) -Xlinker --as-needed -Xlinker -lzstd -Xlinker -lz -Xlinker -z -Xlinker now \
	-Xlinker --no-export-dynamic -Xlinker -z -Xlinker pack-relative-relocs \
	-Xlinker --no-eh-frame-hdr -Xlinker -T -Xlinker $(CURDIR)/deploy/no-unwind-tables.ld \
	-Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=. $(CHECKED)

.DEFAULT_GOAL := help
.PHONY: help build packages images manual sbom test test-packages test-images demo bench check clean

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s  %s\n", $$1, $$2 }' Makefile

build: ## Build both programs for release: .build/release/agent and .build/release/controller
	@deploy/install-packages build
	@mkdir -p $(STATIC) && ln -sf "$$(pkg-config --variable=libdir libarchive)/libarchive.a" $(STATIC)/
	swift build $(RELEASE) --product agent </dev/null
	swift build $(RELEASE) --product controller </dev/null

packages: build ## Make the Debian packages of both programs: .build/packages/*.deb
	deploy/build-packages </dev/null

images: ## Build the container images agent and controller, with docker, podman or CONTAINER_ENGINE
	deploy/build-images </dev/null

test: ## Install what the tests need, and run them all
	@deploy/install-packages build run test
	swift build --build-tests $(CHECKED) </dev/null
	Tests/run

manual: ## Render the manual as pages of HTML: .build/manual/index.html
	@deploy/install-packages docs
	deploy/build-manual .build/manual

sbom: ## List what is in the images: .build/images/*.spdx.json
	deploy/sbom

test-packages: packages ## Install, upgrade and purge the packages on a Debian of their own
	@deploy/install-packages test
	Tests/DeploymentTests/packages </dev/null

test-images: images ## Run both images as they are meant to be run, whole compose stack and all
	VERSION_CONTROL= IMAGE_TAG=apis deploy/build-images </dev/null
	Tests/DeploymentTests/containers </dev/null

demo: ## Do the whole job on this machine; with REPO=<path or URL> for another repository than this one
	@deploy/install-packages build run test
	@$(MAKE) --no-print-directory build
	deploy/demo/run </dev/null

bench: build ## Compare gathering with git log and others, with REPO=<path> for another history than a synthetic one; tell how well text is scrubbed
	Benchmarks/version-control $(if $(REPO),--repository $(REPO)) </dev/null
	Benchmarks/scrubbing

check: ## Check the form of the code
	swift format lint --strict --recursive Package.swift Sources Tests </dev/null

clean: ## Remove what was built and what the demo left
	rm -rf .build .demo

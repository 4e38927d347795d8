# SPDX-License-Identifier: GPL-2.0-or-later
#
# "make help" says what there is to make.

# Kernels that "make check" runs on, and the one of "make demo", "make demo-static"
# and "make demo-media".
KERNELS ?= 6.1 6.12
DEMO_KERNEL ?= $(firstword $(KERNELS))

# Those of "make check-matrix".
MATRIX_KERNELS ?= 6.1 6.12 7.2

# How long "make fuzz" takes.
FUZZ_SECONDS ?= 600

RELEASE := $(shell uname -r)
PREFIX ?= /usr/local
MODULE_DIR ?= /lib/modules/$(RELEASE)/updates
INSTALL ?= install

MAKEFLAGS += --no-print-directory
export PREFIX DESTDIR

.PHONY: all help module cli daemon packages check check-unit check-vm check-matrix \
	check-debug check-vng coverage fuzz bench bench-count bench-keys demo demo-media demo-static \
	lint install uninstall clean

all: cli daemon
	@if [ -d /lib/modules/$(RELEASE)/build ]; then \
		selftests/vm/build-module $(RELEASE); \
	else \
		echo "mbsec.ko is not built: the headers of the running kernel" \
			"are not installed (try: apt-get install linux-headers-$(RELEASE))."; \
	fi

help:
	@echo 'make            mbsec, mbsecd, and mbsec.ko for the running kernel'
	@echo 'make module [KERNEL=6.12]'
	@echo '                mbsec.ko for the running kernel, or for one of Debian'
	@echo '                into build/RELEASE/mbsec.ko'
	@echo 'make cli        the mbsec tool, build/mbsec'
	@echo 'make daemon     the key manager, build/mbsecd'
	@echo 'make demo [DEMO_PCAP=FILE]'
	@echo '                watch mbsecd and the module protect multicast, in a guest'
	@echo 'make demo-static [DEMO_PCAP=FILE]'
	@echo '                the module alone, with keys by hand'
	@echo 'make demo-media'
	@echo '                a test picture as members and an outsider see it'
	@echo 'make check [KERNELS="6.1 6.12"]'
	@echo '                all tests; make check-unit, check-vm: a part of them'
	@echo 'make check-matrix [MATRIX_KERNELS="6.1 6.12 7.2"]'
	@echo '                the module built with all warnings, and its tests, on these kernels'
	@echo 'make check-debug'
	@echo '                its tests, and some more, in kernels that check themselves: KASAN,'
	@echo '                lockdep, kmemleak, UBSAN, failing allocations'
	@echo 'make check-vng  the guest tests by virtme-ng'
	@echo 'make coverage   how much of daemon/core its unit tests run'
	@echo 'make fuzz [FUZZ_SECONDS=$(FUZZ_SECONDS)] [TARGETS="core_mikey core_xml"]'
	@echo '                all fuzzers or some, for that time together'
	@echo 'make bench      what a protected datagram costs, next to ESP, MACsec and the bare'
	@echo '                ciphers: docs/performance.rst'
	@echo 'make bench-count'
	@echo '                instructions of a datagram, beside those recorded'
	@echo 'make bench-keys [N="10000"]'
	@echo '                measure rekeys of N UEs and joins of N UEs: docs/sizing.rst'
	@echo 'make lint       style and layering'
	@echo 'make install, uninstall'
	@echo '                with PREFIX ($(PREFIX)) and DESTDIR'
	@echo 'make clean'

module:
	@selftests/vm/build-module $(or $(KERNEL),$(RELEASE))

cli:
	@$(MAKE) -s -C cli

daemon:
	@$(MAKE) -s -C daemon

packages:
	@selftests/vm/packages

# The compiler has to be there before the tool is built.
check check-unit check-vm check-matrix check-debug check-vng coverage demo demo-media demo-static fuzz lint: packages
check check-vm check-matrix check-debug check-vng demo demo-media demo-static: | build-tool

.PHONY: build-tool
build-tool: packages
	@$(MAKE) -s -C cli
	@$(MAKE) -s -C daemon

check:
	@selftests/vm/plan $(KERNELS) | selftests/ktap -

check-unit:
	@selftests/vm/plan | selftests/ktap -

# steps KERNELS: those of the plan that test the module.
steps = $(foreach part,module vm smp,$(1:%=$(part)-%)) kmod-helpers

check-vm:
	@selftests/vm/plan $(KERNELS) | selftests/ktap - $(call steps,$(KERNELS))

check-matrix:
	@selftests/vm/plan-matrix $(MATRIX_KERNELS) | selftests/ktap -

check-debug:
	@selftests/vm/plan-debug | selftests/ktap -

check-vng:
	@selftests/vm/run-vng $(KERNELS)

coverage:
	@$(MAKE) -s -C selftests/unit coverage

fuzz:
	@$(MAKE) -s -C selftests/fuzz ENGINE=libfuzzer FUZZ_SECONDS=$(FUZZ_SECONDS) fuzz

bench: packages
	@selftests/bench/datapath/run

bench-count: packages
	@selftests/bench/datapath/count

# One after the other, so that they have the machine for themselves.
bench-keys: daemon
	@for n in $(or $(N),10000); do \
		selftests/bench/join-burst $$n && selftests/bench/rekey-storm $$n || exit; \
	done

demo:
	@selftests/vm/demo $(DEMO_KERNEL)

demo-static:
	@selftests/vm/demo $(DEMO_KERNEL) demo-static

demo-media:
	@selftests/vm/demo $(DEMO_KERNEL) demo-media

lint:
	@selftests/lint/run

install: all
	@$(MAKE) -s -C cli install
	@$(MAKE) -s -C daemon install
	$(INSTALL) -D -m 0644 include/uapi/linux/mbsec.h $(DESTDIR)$(PREFIX)/include/linux/mbsec.h
	@if [ -e build/$(RELEASE)/mbsec.ko ]; then \
		$(INSTALL) -D -m 0644 build/$(RELEASE)/mbsec.ko $(DESTDIR)$(MODULE_DIR)/mbsec.ko; \
		[ "$(DESTDIR)" ] || depmod -a $(RELEASE); \
	fi

uninstall:
	@$(MAKE) -s -C cli uninstall
	@$(MAKE) -s -C daemon uninstall
	rm -f $(DESTDIR)$(PREFIX)/include/linux/mbsec.h $(DESTDIR)$(MODULE_DIR)/mbsec.ko
	@[ "$(DESTDIR)" ] || [ ! -d /lib/modules/$(RELEASE) ] || depmod -a $(RELEASE)

clean:
	rm -rf build

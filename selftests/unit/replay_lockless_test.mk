# SPDX-License-Identifier: GPL-2.0-or-later
replay_lockless_test_SOURCES := $(ROOT)/kmod/replay.c
replay_lockless_test_CPPFLAGS := -Ishim -I$(ROOT)/kmod
replay_lockless_test_LDFLAGS := -pthread

# SPDX-License-Identifier: GPL-2.0-or-later
replay_test_SOURCES := $(ROOT)/kmod/replay.c
replay_test_CPPFLAGS := -Ishim -I$(ROOT)/kmod

# SPDX-License-Identifier: GPL-2.0-or-later
sframe_test_SOURCES := $(ROOT)/kmod/sframe.c
sframe_test_CPPFLAGS := -Ishim -I$(ROOT)/kmod

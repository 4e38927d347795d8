# SPDX-License-Identifier: GPL-2.0-or-later
sframe_packet_test_SOURCES := $(ROOT)/kmod/sframe.c
sframe_packet_test_CPPFLAGS := -Ishim -I$(ROOT)/kmod
sframe_packet_test_LDFLAGS := $(shell $(PKG_CONFIG) --libs libcrypto)

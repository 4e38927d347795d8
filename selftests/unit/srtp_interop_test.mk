# SPDX-License-Identifier: GPL-2.0-or-later
srtp_interop_test_SOURCES := $(ROOT)/kmod/srtp.c $(ROOT)/kmod/replay.c
srtp_interop_test_CPPFLAGS := -Ishim -I$(ROOT)/kmod
srtp_interop_test_LDFLAGS := $(shell $(PKG_CONFIG) --libs libsrtp2 libcrypto)

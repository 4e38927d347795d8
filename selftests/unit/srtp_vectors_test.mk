# SPDX-License-Identifier: GPL-2.0-or-later
srtp_vectors_test_SOURCES := $(ROOT)/kmod/srtp.c
srtp_vectors_test_CPPFLAGS := -Ishim -I$(ROOT)/kmod
srtp_vectors_test_LDFLAGS := $(shell $(PKG_CONFIG) --libs libcrypto)
